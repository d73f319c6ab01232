/** libvirt's version whose interfaces this is, as its numbers count: major * 1,000,000 + minor * 1,000 + release. */
export const LIBVIRT_VERSION = 11_003_000n;
