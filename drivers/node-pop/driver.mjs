/** SDK driver for @alicloud/pop-core, the generic client of Node.js: docs/sdk-driver-protocol.md. */

import { createRequire } from 'node:module';

import { PLATFORM, checkNumbers, failure, installedPackage, serve, success } from './protocol.mjs';

const SDK = '@alicloud/pop-core';
const API_VERSION = '2016-04-28';

const require = createRequire(import.meta.url);
const { name, version } = installedPackage(require, SDK).manifest;
const { RPCClient } = require(SDK);

serve({
  // One package is both: what callers use, and what signs and sends.
  start: () => ({ driver: 'node-pop', sdk: { name, version }, core: { name, version }, ...PLATFORM }),
  model: () => ({ fields: null }),
  call,
});

/** Calls an operation once, as a caller of the SDK does: its own verb, lists left to it. */
async function call(request) {
  let client;
  try {
    checkNumbers(request.params);
    client = createClient(request);
    const options = { timeout: Math.round(request.timeout_s * 1000) };
    const [body, entry] = await client.request(request.action, request.params, options);
    return success({ status: entry.response.statusCode, requestId: body?.RequestId, body });
  } catch (error) {
    return failure(error, {
      status: error?.entry?.response?.statusCode,
      requestId: error?.data?.RequestId,
    });
  } finally {
    // Every client has an agent of its own, whose sockets would stay open after the call.
    client?.keepAliveAgent?.destroy();
  }
}

function createClient({ endpoint, version: apiVersion = API_VERSION, credentials }) {
  const config = {
    endpoint,
    apiVersion,
    accessKeyId: credentials.access_key_id,
    accessKeySecret: credentials.access_key_secret,
    securityToken: credentials.security_token ?? undefined,
  };
  // "verbose" makes a success tell its status; it changes nothing that is sent.
  return new RPCClient(config, true);
}
