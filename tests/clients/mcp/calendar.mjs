// An MCP server over stdio with one tool, without any package: JSON-RPC 2.0, a message a line (modelcontextprotocol.io, "Transports").
// Each call of its tool is appended to the file that CALENDAR_LOG names.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const tools = [{
  name: 'list_events',
  description: 'Lists the events of a day in the calendar',
  inputSchema: { type: 'object', properties: { day: { type: 'string', description: 'The day' } }, required: ['day'] },
}];

function answer({ method, params }) {
  switch (method) {
    case 'initialize':
      return { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 'calendar', version: '1.0.0' } };
    case 'ping':
      return {};
    case 'tools/list':
      return { tools };
    case 'tools/call':
      appendFileSync(process.env.CALENDAR_LOG, `${JSON.stringify(params)}\n`);
      return { content: [{ type: 'text', text: '09:00 Stand-up' }] };
    default:
      return null;
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() === '') continue;
  const request = JSON.parse(line);
  if (request.id === undefined) continue;
  const result = answer(request);
  const message = result === null ? { error: { code: -32601, message: `Method not found: ${request.method}` } } : { result };
  process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: request.id, ...message })}\n`);
}
