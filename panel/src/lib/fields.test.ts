import { describe, expect, it } from 'vitest';
import { bodyOf, faultsByField, missing, numberFault, type SettingField } from './fields';

const field = (name: string, more: Partial<SettingField> = {}): SettingField => ({ name, title: name, description: '', type: 'string', place: 'settings', required: false, secret: false, ...more });
const fields = [
  field('name', { place: 'account' }),
  field('priority', { place: 'account', type: 'integer' }),
  field('disabled', { place: 'account', type: 'boolean' }),
  field('api-key', { place: 'credential', type: 'secret', required: true }),
  field('base-url', { type: 'address', required: true }),
  field('proxy-url', { type: 'proxy' }),
  field('headers', { type: 'map', secret: true }),
  field('models', { type: 'list', items: [field('name'), field('alias')] }),
  field('request-retry', { type: 'integer', min: -1, max: 100 }),
];

describe('bodyOf', () => {
  it('puts every value at its place', () => {
    expect(
      bodyOf(fields, {
        'account:name': ' Mine ',
        'account:priority': '5',
        'account:disabled': 'true',
        'credential:api-key': ' sk-1\n',
        'settings:base-url': 'https://a.example/v1',
        'settings:headers': [
          { name: 'X-Team', value: 'blue' },
          { name: ' ', value: 'lost' },
        ],
        'settings:models': [{ name: 'a', alias: 'a' }, { name: 'b', alias: 'c' }, { name: '' }],
        'settings:request-retry': '',
      }),
    ).toEqual({
      label: 'Mine',
      priority: 5,
      enabled: false,
      credential: { api_key: 'sk-1' },
      settings: { 'base-url': 'https://a.example/v1', headers: { 'X-Team': 'blue' }, models: [{ name: 'a' }, { name: 'b', alias: 'c' }] },
    });
  });
  it('sends null for what goes back to its default', () => expect(bodyOf(fields, { 'settings:base-url': null })).toEqual({ settings: { 'base-url': null } }));
});

describe('missing and numbers', () => {
  it('names what has to be there', () => expect(missing(fields, { 'settings:base-url': ' ' })).toEqual(['credential:api-key', 'settings:base-url']));
  it('knows whole numbers and ranges', () => {
    const retry = fields[8] as SettingField;
    expect(['1', '1.5', 'x', '400', '-1', ''].map((v) => numberFault(retry, v))).toEqual([null, 'number', 'number', 'range', null, null]);
  });
});

describe('faultsByField', () => {
  it('splits what the API says at the names of fields', () => {
    const said = "base-url: 'nope' is not an address. Write it with scheme and host, like https://api.example.com/v1. proxy-url: This is not a proxy's address. Write direct. models[0].name: The model needs a name.";
    expect(faultsByField(said, 'base-url', [], fields)).toEqual({
      'settings:base-url': "'nope' is not an address. Write it with scheme and host, like https://api.example.com/v1.",
      'settings:proxy-url': "This is not a proxy's address. Write direct.",
      'settings:models': 'models[0].name: The model needs a name.',
    });
  });
  it('takes the parameter where the text names no field', () => {
    expect(faultsByField('There is an account of that name.', 'label', [], fields)).toEqual({ 'account:name': 'There is an account of that name.' });
    expect(faultsByField('Refused.', 'credential', [], fields)).toEqual({ '': 'credential: Refused.' });
    expect(faultsByField('Refused.', null, [], fields)).toEqual({ '': 'Refused.' });
  });
  it('takes the list of problems where there is one', () => expect(faultsByField('x', null, [{ path: 'settings.request-retry', message: 'Too many.', remedy: 'Fewer.' }], fields)).toEqual({ 'settings:request-retry': 'settings.request-retry: Too many. Fewer.' }));
});
