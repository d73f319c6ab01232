// Starts program.cjs from V8's code cache beside it: compiling is most of what starting a daemon costs.
'use strict';
const { readFileSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { Script } = require('node:vm');

const file = `${__dirname}/program.cjs`;
const cacheFile = `${file}.cache`;

function read(path) {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // Without a cache it only starts more slowly.
  }
}

// Nothing but ASCII: see bundle.mjs.
const source = readFileSync(file, 'latin1');
const wrapped = `(function (exports, require, module, __filename, __dirname) {${source}\n})`;
const cachedData = process.env.MODVIRT_WRITE_CODE_CACHE ? undefined : read(cacheFile);
const script = new Script(wrapped, { filename: file, cachedData });
if (process.env.MODVIRT_WRITE_CODE_CACHE) {
  process.on('exit', () => writeFileSync(cacheFile, script.createCachedData()));
}
const module_ = { exports: {} };
script.runInThisContext()(module_.exports, createRequire(file), module_, file, __dirname);
