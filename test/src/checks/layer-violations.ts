interface Plant {
  readonly path: string;
  readonly text: string;
  /** What the violating import needs to be there. */
  readonly beside?: { readonly path: string; readonly text: string };
}

const using = (specifier: string): string => `import '${specifier}';\n`;
const inCore = (path: string, specifier: string): Plant => ({
  path: `packages/core/src/${path}.ts`,
  text: using(specifier),
});
const inQemu = (path: string, specifier: string): Plant => ({
  path: `packages/virtqemud/src/${path}.ts`,
  text: using(specifier),
});
const inClient = (path: string, specifier: string): Plant => ({
  path: `packages/client/src/${path}.ts`,
  text: using(specifier),
});

/** For each rule of .dependency-cruiser.cjs the ways to break it, each in a file of its own. */
export const layerViolations: Readonly<Record<string, readonly Plant[]>> = {
  'everything-resolves': [
    inClient('planted-gone', './gone.js'),
    inClient('planted-subpath', '@modvirt/core/src/errors/vir-error.js'),
  ],
  'no-cycles': [
    {
      path: 'packages/core/src/uri/planted-one.ts',
      text: "import type { Other } from './planted-other.js';\nexport type One = Other[];\n",
      beside: {
        path: 'packages/core/src/uri/planted-other.ts',
        text: "import type { One } from './planted-one.js';\nexport type Other = One | 1;\n",
      },
    },
  ],
  'no-path-into-another-package': [inClient('planted-path', '../../core/src/errors/vir-error.js')],
  'index-is-for-outsiders': [inCore('jobs/planted-index', '../errors/index.js')],
  'native-imports-no-package': [
    { path: 'packages/native/src/planted.ts', text: using('../../core/src/errors/vir-error.js') },
  ],
  'core-imports-native-only': [inCore('daemon/planted-client', '../../../client/src/index.js')],
  'core-imports-native-from-L2-only': [inCore('rpc/planted-native', '@modvirt/native')],
  'client-imports-core-only': [inClient('planted-daemon', '../../virtqemud/src/driver.js')],
  'client-starts-no-daemon': [inClient('planted-start', '@modvirt/core/daemon')],
  'no-daemon-imports-another': [
    { path: 'packages/virtproxyd/src/planted.ts', text: using('../../virtqemud/src/driver.js') },
  ],
  'nobody-imports-test': [
    { path: 'tools/src/planted.ts', text: using('../../test/src/support/temporary.js') },
  ],
  'only-people-run-tools': [inClient('planted-tool', '../../../tools/src/stack/wait.js')],
  'testing-is-for-tests': [inQemu('planted-testing', '@modvirt/core/testing')],
  'tests-are-not-imported': [inCore('xml/planted-test', './element.test.js')],
  'core-L0-imports-L0': [
    inCore('schema/planted-port', '../ports/clock.js'),
    inCore('wire/planted-adapter', '../adapters/index.js'),
  ],
  'core-L1-imports-L1-and-L0': [inCore('objects/planted-adapter', '../adapters/node-files.js')],
  'core-has-no-other-folders': [
    {
      ...inCore('jobs/planted-folder', '../misc/planted.js'),
      beside: { path: 'packages/core/src/misc/planted.ts', text: 'export {};\n' },
    },
  ],
  'only-main-names-adapters': [inQemu('process/planted-adapter', '@modvirt/core/adapters')],
  'nothing-imports-main': [inQemu('process/planted-main', '../main.js')],
  'plan-is-pure': [
    inQemu('plan/devices/planted-port', '@modvirt/core/ports'),
    inQemu('plan/planted-process', '../process/start-domain.js'),
  ],
  'handlers-are-on-top': [inQemu('process/planted-handler', '../handlers/connect-handlers.js')],
  'monitor-is-below': [inQemu('monitor/planted-process', '../process/start-domain.js')],
  'capabilities-are-below': [inQemu('capabilities/planted-process', '../process/start-domain.js')],
};
