/** SDK driver for @alicloud/vpc20160428, the typed SDK of Node.js: docs/sdk-driver-protocol.md. */

import { buildModel, modelFields } from './models.mjs';
import { PLATFORM, Unsupported, checkNumbers, failure, serve, success } from './protocol.mjs';
import { ownSdk, sdkOf } from './sdk.mjs';

const own = ownSdk();

serve({
  start: () => ({ driver: 'node-v2', ...own.versions, ...PLATFORM }),
  model,
  call,
});

/** The fields of an operation's request; none of a product without a package. */
function model(request) {
  let sdk;
  try {
    sdk = sdkOf(request);
  } catch (error) {
    if (error instanceof Unsupported) {
      return { fields: null };
    }
    throw error;
  }
  return { fields: hasOperation(sdk, request.action) ? operationFields(sdk, request.action) : null };
}

/** Calls an operation once, as a caller of the SDK does. */
async function call(request) {
  let sdk = own;
  try {
    sdk = sdkOf(request);
    const client = createClient(sdk, request);
    const args = operationArguments(sdk, request);
    const response = await client[methodName(request.action)](...args);
    return success({
      status: response.statusCode,
      requestId: response.body?.requestId,
      body: response.body?.toMap(),
    });
  } catch (error) {
    return failure(error, {
      status: error?.statusCode,
      // openapi-client tells the request id in the decoded answer only.
      requestId: error?.requestId ?? error?.data?.RequestId ?? error?.data?.requestId,
      owner: sdk.coreExports,
    });
  }
}

function createClient(sdk, { endpoint, credentials }) {
  const url = new URL(endpoint);
  return new sdk.module.default(new sdk.Config({
    accessKeyId: credentials.access_key_id,
    accessKeySecret: credentials.access_key_secret,
    securityToken: credentials.security_token ?? undefined,
    endpoint: url.host,
    protocol: url.protocol.slice(0, -1).toUpperCase(),
  }));
}

/**
 * The arguments of the operation's method: the request model, and the options of this call.
 *
 * @throws {Unsupported} when the release lacks the operation, or cannot carry a parameter
 */
function operationArguments(sdk, { action, params = {}, timeout_s: seconds }) {
  if (!hasOperation(sdk, action)) {
    throw new Unsupported('Action', 'action');
  }
  checkNumbers(params);
  const milliseconds = Math.round(seconds * 1000);
  const options = new sdk.RuntimeOptions({
    connectTimeout: milliseconds,
    readTimeout: milliseconds,
    autoretry: false,
  });
  const Request = requestClass(sdk, action);
  if (Request) {
    return [buildModel(Request, params), options];
  }
  refuseParameters(params);
  return [options];
}

/** An operation without parameters has no request model. */
function refuseParameters(params) {
  for (const name of Object.keys(params)) {
    throw new Unsupported(name, 'unknown');
  }
}

function operationFields(sdk, action) {
  const Request = requestClass(sdk, action);
  return Request ? modelFields(Request) : [];
}

function requestClass(sdk, action) {
  return sdk.module[`${action}Request`];
}

function hasOperation(sdk, action) {
  return typeof sdk.module.default.prototype[methodName(action)] === 'function';
}

function methodName(action) {
  return `${action.charAt(0).toLowerCase()}${action.slice(1)}WithOptions`;
}
