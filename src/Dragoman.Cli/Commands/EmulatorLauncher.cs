using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Management.Hosting;

namespace Dragoman.Cli.Commands;

/// <summary>The emulated upstreams that an owner turns on in a running gateway.</summary>
internal sealed class EmulatorLauncher : IEmulatorLauncher
{
    public async Task<IEmulatedUpstreams> StartAsync(CancellationToken cancellationToken) => new Upstreams(await EmulatorHost.StartAsync(new EmulatorOptions(), cancellationToken));

    private sealed class Upstreams(EmulatorHost host) : IEmulatedUpstreams
    {
        public Uri Address => host.Address;

        public string Configuration
        {
            get
            {
                var address = host.Address.ToString().TrimEnd('/');
                return $$"""
                    openai-compatibility:
                      - name: emulated-responses
                        base-url: {{address}}/v1
                        wire-api: responses
                        api-key-entries: [{ api-key: emulated-responses }]
                        models:
                          - { name: gpt-5.2, alias: emulated-gpt-5.2 }
                          - { name: gpt-5.4-mini, alias: emulated-gpt-5.4-mini }
                      - name: emulated-chat
                        base-url: {{address}}/v1
                        api-key-entries: [{ api-key: emulated-chat }]
                        models:
                          - { name: deepseek-chat, alias: emulated-deepseek-chat }
                    claude-api-key:
                      - api-key: emulated-claude
                        name: emulated-claude
                        base-url: {{address}}
                        models:
                          - { name: claude-sonnet-5, alias: emulated-claude-sonnet-5 }
                          - { name: claude-haiku-4-5, alias: emulated-claude-haiku-4-5 }
                    gemini-api-key:
                      - api-key: emulated-gemini
                        name: emulated-gemini
                        base-url: {{address}}
                        models:
                          - { name: gemini-3.5-flash, alias: emulated-gemini-3.5-flash }
                    bedrock:
                      - name: emulated-bedrock
                        region: us-east-1
                        endpoint: {{address}}
                        api-key: emulated-bedrock
                        models:
                          - { name: amazon.nova-pro-v1:0, alias: emulated-nova-pro }
                    """;
            }
        }

        public ValueTask DisposeAsync() => host.DisposeAsync();
    }
}
