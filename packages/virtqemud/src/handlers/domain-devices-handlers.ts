import type { Handlers } from '@modvirt/core/driver';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { QemuDriver } from '../driver.js';
import { consoleHandlers } from './console-handlers.js';
import { deviceChangeHandlers } from './device-change-handlers.js';
import { interfaceHandlers } from './interface-handlers.js';
import { screenshotHandlers } from './screenshot-handlers.js';

export function domainDevicesHandlers(driver: QemuDriver): Handlers<typeof domainDevices> {
  return {
    ...deviceChangeHandlers(driver),
    ...consoleHandlers(driver),
    ...interfaceHandlers(driver),
    ...screenshotHandlers(driver),
  };
}
