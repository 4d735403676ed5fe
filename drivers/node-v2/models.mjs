/** The SDK's models: each class tells its attributes, their wire names and their types. */

import { Unsupported } from './protocol.mjs';

const JSON_TYPES = new Set(['string', 'number', 'boolean']);

/**
 * A request as a caller would build it, from parameters under their wire names. Plain values are handed
 * over as they are: the SDK checks no types of them.
 *
 * @param {Function} Model a model class of the SDK
 * @param {object} params
 * @throws {Unsupported} for a field that the model lacks, or a value that its type cannot hold
 */
export function buildModel(Model, params, prefix = '') {
  const attributes = new Map(Object.entries(Model.names()).map(([attribute, wire]) => [wire, attribute]));
  const types = Model.types();
  const values = {};
  for (const [wire, value] of Object.entries(params)) {
    const attribute = attributes.get(wire);
    if (attribute === undefined) {
      throw new Unsupported(prefix + wire, 'unknown');
    }
    values[attribute] = buildValue(types[attribute], value, prefix + wire);
  }
  return new Model(values);
}

function buildValue(type, value, path) {
  if (value === null) {
    return value;
  }
  if (isModel(type)) {
    if (typeof value !== 'object' || Array.isArray(value)) {
      // The model would take it and silently lose it.
      throw new Unsupported(path, 'type');
    }
    return buildModel(type, value, `${path}.`);
  }
  if (type?.type === 'array') {
    if (!Array.isArray(value)) {
      throw new Unsupported(`${path}[]`, 'type');
    }
    return value.map((item) => buildValue(type.itemType, item, `${path}[]`));
  }
  return value;
}

/**
 * The request fields of a model, for the command `model`.
 *
 * @param {Function} Model
 * @returns {{path: string, type: string | null, required: null}[]}
 */
export function modelFields(Model, prefix = '') {
  const types = Model.types();
  return Object.entries(Model.names()).flatMap(([attribute, wire]) => typeFields(types[attribute], prefix + wire));
}

function typeFields(type, path) {
  if (isModel(type)) {
    return modelFields(type, `${path}.`);
  }
  if (type?.type === 'array') {
    return typeFields(type.itemType, `${path}[]`);
  }
  return [{ path, type: jsonType(type), required: null }];
}

function jsonType(type) {
  if (JSON_TYPES.has(type)) {
    return type;
  }
  return type === 'map' || type?.type === 'map' ? 'object' : null;
}

function isModel(type) {
  return typeof type === 'function' && typeof type.names === 'function';
}
