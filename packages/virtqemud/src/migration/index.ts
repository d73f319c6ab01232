export {
  type MigrationParams,
  migParams,
  paramsFromQmp,
  paramsFromXml,
  paramsToQmp,
  paramsToXml,
} from './migration-params.js';
