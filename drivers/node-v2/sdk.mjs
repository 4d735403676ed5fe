/** The installed release of the SDK, and the core that it was made for. */

import { createRequire } from 'node:module';

import { installedPackage } from './protocol.mjs';

const SDK = '@alicloud/vpc20160428';

// Releases differ in their core. A release names it, and the package with the options of a call, among its own
// dependencies.
const CORES = [
  { core: '@alicloud/openapi-core', options: '@darabonba/typescript' },
  { core: '@alicloud/openapi-client', options: '@alicloud/tea-util' },
];

/**
 * Loads the SDK, and its core as the SDK itself would find it.
 *
 * @throws {Error} when it is not installed, or was made for a core that this driver does not know
 */
export function loadSdk() {
  const here = createRequire(import.meta.url);
  const sdk = installedPackage(here, SDK);
  const names = CORES.find(({ core }) => core in (sdk.manifest.dependencies ?? {}));
  if (!names) {
    throw new Error(`${SDK} ${sdk.manifest.version} uses none of ${CORES.map(({ core }) => core).join(', ')}`);
  }
  const require = createRequire(sdk.file);
  const core = require(names.core);
  return {
    versions: {
      sdk: nameAndVersion(sdk.manifest),
      core: nameAndVersion(installedPackage(require, names.core).manifest),
    },
    module: require(SDK),
    Config: core.Config ?? core.$OpenApiUtil.Config,
    RuntimeOptions: require(names.options).RuntimeOptions,
    coreExports: { name: names.core, exports: core },
  };
}

function nameAndVersion({ name, version }) {
  return { name, version };
}
