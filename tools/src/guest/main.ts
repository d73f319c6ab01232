import { buildGuest } from './build-guest.js';

buildGuest().then(
  ({ kernel, initrd }) => console.log(`${kernel}\n${initrd}`),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
