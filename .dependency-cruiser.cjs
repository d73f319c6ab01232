// Who may import whom. For each rule test/src/checks/ plants a violation and sees it caught; a rule without one fails there.

const L0 = '^packages/core/src/(errors|xml|schema|wire|protocol|uri|config|cpu|images)/';
const L1 = '^packages/core/src/(ports|acl|auth|events|jobs|objects|rpc|driver|hypervisor)/';
const L2 = '^packages/core/src/(adapters|daemon)/';
const TESTING = '^packages/[^/]+/src/testing/';
const TEST_FILES = '[.]test[.]ts$';
const DAEMON = '^packages/(virt[a-z]+d)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'everything-resolves',
      comment: 'A path that `exports` does not name, a package that is not declared, or a file that is gone.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-cycles',
      comment: 'Type-only imports count.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-path-into-another-package',
      comment:
        'Another package is reached by the names in its `exports`, never by a path into its sources. The bootstrap runs before names resolve.',
      severity: 'error',
      from: { path: '^(packages/[^/]+|tools|test)/', pathNot: '^tools/bootstrap/' },
      to: { path: '^(packages/[^/]+|tools|test)/', pathNot: '^$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'index-is-for-outsiders',
      comment: 'Inside a package, import the file that defines the thing.',
      severity: 'error',
      from: { path: '^(packages/[^/]+)/' },
      to: { path: '^$1/.*/index[.]ts$' },
    },

    {
      name: 'native-imports-no-package',
      severity: 'error',
      from: { path: '^packages/native/', pathNot: TEST_FILES },
      to: { path: '^(packages|tools|test)/|node_modules', pathNot: '^packages/native/' },
    },
    {
      name: 'core-imports-native-only',
      comment: 'Core names no hypervisor, no daemon and no client.',
      severity: 'error',
      from: { path: '^packages/core/' },
      to: { path: '^packages/', pathNot: '^packages/(core|native)/' },
    },
    {
      name: 'core-imports-native-from-L2-only',
      severity: 'error',
      from: { path: '^packages/core/', pathNot: L2 },
      to: { path: '^packages/native/' },
    },
    {
      name: 'client-imports-core-only',
      comment: 'The native add-on is loaded for the socket adapters.',
      severity: 'error',
      from: { path: '^packages/client/' },
      to: { path: '^packages/', pathNot: '^packages/(client|core|native)/' },
    },
    {
      name: 'client-starts-no-daemon',
      severity: 'error',
      from: { path: '^packages/client/', pathNot: TEST_FILES },
      to: { path: '^packages/core/src/(daemon|testing)/' },
    },
    {
      name: 'no-daemon-imports-another',
      comment: 'It calls it through the client.',
      severity: 'error',
      from: { path: DAEMON },
      to: { path: DAEMON, pathNot: '^packages/$1/' },
    },
    {
      name: 'nobody-imports-test',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'only-people-run-tools',
      comment: 'No package imports tools.',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^tools/' },
    },
    {
      name: 'testing-is-for-tests',
      severity: 'error',
      from: { path: '^packages/', pathNot: [TEST_FILES, TESTING] },
      to: { path: TESTING },
    },
    {
      name: 'tests-are-not-imported',
      severity: 'error',
      from: {},
      to: { path: TEST_FILES },
    },

    {
      name: 'core-L0-imports-L0',
      severity: 'error',
      from: { path: L0, pathNot: TEST_FILES },
      to: { path: '^packages/', pathNot: L0 },
    },
    {
      name: 'core-L1-imports-L1-and-L0',
      severity: 'error',
      from: { path: L1, pathNot: TEST_FILES },
      to: { path: '^packages/', pathNot: [L0, L1] },
    },
    {
      name: 'core-has-no-other-folders',
      comment: 'A new folder is given a layer here and in tsconfig.pure.json.',
      severity: 'error',
      from: {},
      to: {
        path: '^packages/core/src/',
        pathNot: [L0, L1, L2, TESTING, '^packages/core/src/ambient[.]d[.]ts$'],
      },
    },

    {
      name: 'only-main-names-adapters',
      comment: "A daemon's composition root is main.ts; everything else takes ports.",
      severity: 'error',
      from: { path: DAEMON, pathNot: ['^packages/[^/]+/src/main[.]ts$', TEST_FILES] },
      to: { path: '^packages/core/src/adapters/' },
    },
    {
      name: 'nothing-imports-main',
      severity: 'error',
      from: {},
      to: { path: '^packages/[^/]+/src/main[.]ts$' },
    },
    {
      name: 'plan-is-pure',
      comment: 'A plan is made of definitions and facts: L0 of core and its own folder.',
      severity: 'error',
      from: { path: '^packages/(virt[a-z]+d)/src/plan/', pathNot: TEST_FILES },
      to: { path: '^packages/', pathNot: [L0, '^packages/$1/src/plan/'] },
    },
    {
      name: 'handlers-are-on-top',
      comment: 'Only the composition imports handlers.',
      severity: 'error',
      from: { path: '^packages/(virt[a-z]+d)/src/[^/]+/', pathNot: '^packages/[^/]+/src/handlers/' },
      to: { path: '^packages/$1/src/handlers/' },
    },
    {
      name: 'monitor-is-below',
      comment: 'The monitor knows its protocol, not what a start or a handler wants of it.',
      severity: 'error',
      from: { path: '^packages/(virt[a-z]+d)/src/monitor/', pathNot: TEST_FILES },
      to: { path: '^packages/$1/src/', pathNot: '^packages/$1/src/monitor/' },
    },
    {
      name: 'capabilities-are-below',
      comment: "Probing knows the monitor and the plan's view of capabilities.",
      severity: 'error',
      from: { path: '^packages/(virt[a-z]+d)/src/capabilities/', pathNot: TEST_FILES },
      to: { path: '^packages/$1/src/', pathNot: '^packages/$1/src/(capabilities|monitor|plan)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'types', 'default'],
    },
  },
};
