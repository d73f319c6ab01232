import type { Handlers } from '@modvirt/core/driver';
import type { domainDevices } from '@modvirt/core/protocol/rows';
import type { LxcDriver } from '../driver.js';
import { consoleHandlers } from './console-handlers.js';
import { deviceChangeHandlers } from './device-change-handlers.js';
import { interfaceHandlers } from './interface-handlers.js';

export function domainDevicesHandlers(driver: LxcDriver): Handlers<typeof domainDevices> {
  return { ...consoleHandlers(driver), ...interfaceHandlers(driver), ...deviceChangeHandlers(driver) };
}
