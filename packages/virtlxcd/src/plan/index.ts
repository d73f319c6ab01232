export { completeContainer } from './post-parse.js';
export { validateContainer } from './validate.js';
