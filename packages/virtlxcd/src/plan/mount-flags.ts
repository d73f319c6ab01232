/** Of mount(2). */
export const mountFlag = { readonly: 1, noSuid: 2, noDevices: 4, noExec: 8 } as const;

export const GUARDED = mountFlag.noSuid | mountFlag.noDevices | mountFlag.noExec;
