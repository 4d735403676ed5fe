/** The installed release of the SDK, and the core that it was made for. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { Unsupported, installedPackage } from './protocol.mjs';

const OWN = { sdk: '@alicloud/vpc20160428', products: { 'vpc/2016-04-28': '@alicloud/vpc20160428' } };

/** The package that is the SDK, and those that are installed by product: `packages.json` has them. */
const PACKAGES = readPackages() ?? OWN;

function readPackages() {
  try {
    return JSON.parse(readFileSync(new URL('packages.json', import.meta.url), 'utf8'));
  } catch {
    return null; // only the driver's own product is installed
  }
}

// Releases differ in their core. A release names it, and the package with the options of a call, among its own
// dependencies.
const CORES = [
  { core: '@alicloud/openapi-core', options: '@darabonba/typescript' },
  { core: '@alicloud/openapi-client', options: '@alicloud/tea-util' },
];

const loaded = new Map();

/**
 * The package of a product, or that of the SDK itself when a request names no product.
 *
 * @param {{product?: string, version?: string}} request
 * @throws {Unsupported} when no package of the product is installed
 */
export function sdkOf({ product, version }) {
  const known = Object.keys(PACKAGES.products);
  const key = known.find((each) => each === `${product ?? each.split('/')[0]}/${version ?? each.split('/')[1]}`);
  if (key === undefined) {
    const sameProduct = known.some((each) => each.split('/')[0] === product);
    throw new Unsupported(sameProduct ? 'Version' : `${product} ${version}`, sameProduct ? 'action' : 'product');
  }
  return loadPackage(PACKAGES.products[key]);
}

/** The SDK that the driver tells of itself. */
export function ownSdk() {
  return loadPackage(PACKAGES.sdk);
}

/**
 * Loads a package of the SDK, and its core as the package itself would find it.
 *
 * @throws {Error} when it is not installed, or was made for a core that this driver does not know
 */
function loadPackage(name) {
  if (!loaded.has(name)) {
    loaded.set(name, load(name));
  }
  return loaded.get(name);
}

function load(name) {
  const here = createRequire(import.meta.url);
  const sdk = installedPackage(here, name);
  const names = CORES.find(({ core }) => core in (sdk.manifest.dependencies ?? {}));
  if (!names) {
    throw new Error(`${name} ${sdk.manifest.version} uses none of ${CORES.map(({ core }) => core).join(', ')}`);
  }
  const require = createRequire(sdk.file);
  const core = require(names.core);
  return {
    versions: {
      sdk: nameAndVersion(sdk.manifest),
      core: nameAndVersion(installedPackage(require, names.core).manifest),
    },
    module: require(name),
    Config: core.Config ?? core.$OpenApiUtil.Config,
    RuntimeOptions: require(names.options).RuntimeOptions,
    coreExports: { name: names.core, exports: core },
  };
}

function nameAndVersion({ name, version }) {
  return { name, version };
}
