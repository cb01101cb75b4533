import type { Schema } from './schema';

/** A schema of the gateway's kind, small, for tests. */
export const sample: Schema = {
  type: ['object', 'null'],
  'x-sections': ['listening', 'access', 'accounts', 'old'],
  properties: {
    host: { 'x-section': 'listening', description: 'The address to bind.', type: ['string', 'number', 'boolean', 'null'], default: '127.0.0.1' },
    port: { 'x-section': 'listening', description: 'The port.', type: ['integer', 'string', 'null'], pattern: '^\\s*[+-]?[0-9]+\\s*$|\\$\\{', minimum: 0, maximum: 65535, default: 8317 },
    'api-keys': { description: 'Keys that clients may show.', type: ['array', 'null'], items: { type: ['string', 'number', 'boolean', 'null'] }, writeOnly: true },
    routing: {
      description: 'Which account is used.',
      type: ['object', 'null'],
      properties: {
        strategy: { $ref: '#/$defs/strategy', default: 'round-robin' },
        'session-affinity': { description: 'Conversations stay with their account.', type: ['boolean', 'string', 'null'], pattern: '^\\s*([Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])\\s*$|\\$\\{', default: false },
        'session-affinity-ttl': { description: 'How long.', type: ['string', 'number', 'null'], pattern: '^\\s*([0-9.]+(ms|s|m|h|d)?)+\\s*$|\\$\\{', examples: ['30s', '10m'], default: '1h' },
        routes: {
          description: 'What holds for some models only.',
          type: ['array', 'null'],
          items: { type: 'object', properties: { models: { description: 'The models.', type: ['string', 'number', 'array', 'null'], items: { type: ['string', 'number', 'boolean', 'null'] } }, strategy: { $ref: '#/$defs/strategy' } }, required: ['models'], additionalProperties: { description: 'The key is not known and does nothing.', deprecated: true } },
        },
        fallbacks: { description: 'The fallback models of a model.', type: ['object', 'null'], additionalProperties: { description: 'The fallback models.', type: ['string', 'number', 'array', 'null'], items: { type: ['string', 'number', 'boolean', 'null'] } } },
        'old-key': { description: 'Not supported: it is of another system.', deprecated: true },
      },
      additionalProperties: { description: 'The key is not known and does nothing.', deprecated: true },
    },
    'codex-api-key': {
      'x-section': 'accounts',
      description: 'Accounts of OpenAI.',
      type: ['array', 'null'],
      items: { type: 'object', properties: { 'api-key': { description: 'The key.', type: ['string', 'number', 'boolean', 'null'], writeOnly: true }, 'base-url': { description: 'The address.', type: ['string', 'null'], pattern: '^\\s*$|^\\s*[Hh][Tt][Tt][Pp][Ss]?://|\\$\\{' }, weight: { description: 'Its share.', type: ['integer', 'string', 'null'], minimum: 1, default: 1 } }, additionalProperties: { deprecated: true } },
    },
    debug: { description: 'More in the log.', type: ['boolean', 'string', 'null'], default: false },
  },
  additionalProperties: { description: 'The key is not known and does nothing.', deprecated: true },
  $defs: {
    strategy: { description: 'Which of several accounts comes first.', anyOf: [{ enum: ['round-robin', 'fill-first', 'sticky'] }, { type: ['string', 'null'], pattern: '^\\s*([Ss]ticky|[Ff]ill-[Ff]irst|[Rr]ound-[Rr]obin)?\\s*$|\\$\\{' }] },
  },
};
