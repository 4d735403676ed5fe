/** SDK driver for @alicloud/openapi-core, the generic client under the typed SDK of Node.js: docs/sdk-driver-protocol.md. */

import { createRequire } from 'node:module';

import { PLATFORM, checkNumbers, failure, installedPackage, serve, success } from './protocol.mjs';

const SDK = '@alicloud/openapi-core';
const OPTIONS = '@darabonba/typescript';
const API_VERSION = '2016-04-28';

const require = createRequire(import.meta.url);
const { file, manifest: { name, version } } = installedPackage(require, SDK);
const core = require(SDK);
const { Config, OpenApiRequest, Params } = core.$OpenApiUtil;
// As the client itself finds it: the package is among its own dependencies.
const { RuntimeOptions } = createRequire(file)(OPTIONS);

serve({
  // One package is both: what callers use, and what signs and sends.
  start: () => ({ driver: 'node-generic', sdk: { name, version }, core: { name, version }, ...PLATFORM }),
  model: () => ({ fields: null }),
  call,
});

/** Calls an operation once by its name; the client's own helper flattens the parameters. */
async function call(request) {
  try {
    checkNumbers(request.params);
    const client = new core.default(configuration(request));
    const query = new OpenApiRequest({ query: core.OpenApiUtil.query(request.params) });
    const answer = await client.callApi(operation(request), query, options(request));
    return success({ status: answer.statusCode, requestId: answer.body?.RequestId, body: answer.body });
  } catch (error) {
    return failure(error, {
      status: error?.statusCode,
      requestId: error?.requestId ?? error?.data?.RequestId ?? error?.data?.requestId,
      owner: { name: SDK, exports: core },
    });
  }
}

function configuration({ endpoint, credentials }) {
  const url = new URL(endpoint);
  return new Config({
    accessKeyId: credentials.access_key_id,
    accessKeySecret: credentials.access_key_secret,
    securityToken: credentials.security_token ?? undefined,
    endpoint: url.host,
    protocol: url.protocol.slice(0, -1).toUpperCase(),
  });
}

function operation({ action, version: apiVersion = API_VERSION }) {
  return new Params({
    action,
    version: apiVersion,
    protocol: 'HTTPS',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  });
}

function options({ timeout_s: seconds }) {
  const milliseconds = Math.round(seconds * 1000);
  return new RuntimeOptions({ connectTimeout: milliseconds, readTimeout: milliseconds, autoretry: false });
}
