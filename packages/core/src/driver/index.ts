export type { Call, CallStream, Session, StreamItem } from './call.js';
export type { CalledProcedure, Driver } from './driver.js';
export type { AnswerOf, AnyHandler, Handler, Handlers, ServedProgram } from './handlers.js';
export { errorDomainOf, notSupported, refuseReadOnly } from './refusals.js';
export { type HandlerGroup, handlerGroup, serveProgram } from './serve-program.js';
