import { element, type Infer } from '../../xml/element.js';
import { deviceInfo } from './device-info.js';

/** `<nvram>` among the devices: NVRAM of pSeries guests. */
export const nvramDevice = element('nvram', deviceInfo);
export type NvramDevice = Infer<typeof nvramDevice>;
