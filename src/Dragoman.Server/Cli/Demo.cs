using Dragoman.Emulators;
using Dragoman.Server.Hosting;

namespace Dragoman.Server.Cli;

/// <summary>The emulated upstreams of <c>serve --demo</c>, and what to try with them.</summary>
internal sealed class Demo : IAsyncDisposable
{
    private readonly EmulatorHost _emulators;
    private readonly string _data;
    private readonly string _geminiSettings;

    private Demo(EmulatorHost emulators)
    {
        _emulators = emulators;
        _data = EmptyFolder();
        // With an address of its own and nothing settled, Gemini CLI takes itself to be without any way to sign in. These settings are read
        // besides the user's, which stay as they are.
        _geminiSettings = Path.Combine(_data, "gemini-cli.json");
        File.WriteAllText(_geminiSettings, """{ "security": { "auth": { "selectedType": "gemini-api-key" } } }""");
    }

    /// <summary>A folder of its own below the user's home: Gemini CLI trusts no settings file below one that others can write to, like /tmp.</summary>
    private static string EmptyFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0) return Directory.CreateTempSubdirectory("dragoman-demo-").FullName;
        var folder = Path.Combine(home, ".dragoman", "demo", Guid.NewGuid().ToString("N")[..12]);
        return Directory.CreateDirectory(folder).FullName;
    }

    public static async Task<Demo> StartAsync(CancellationToken cancellationToken)
        => new(await EmulatorHost.StartAsync(new EmulatorOptions(), cancellationToken));

    /// <summary>The same start, with an empty data folder and the emulated upstreams for configuration.</summary>
    public StartOptions Configure(StartOptions options) => options with { ConfigFile = null, ConfigText = Configuration(), DataFolder = _data };

    /// <summary>What to copy and paste.</summary>
    public string Instructions(Uri gateway)
    {
        var address = gateway.ToString().TrimEnd('/');
        return $$"""

            This is a demo: emulated upstreams stand behind the gateway, no account is used and nothing leaves this machine.
            Ask anything; "create file hello.txt with Hello" makes the emulated model use your agent's own tools.

            curl, in Anthropic's language to an OpenAI upstream:
              curl {{address}}/v1/messages -H 'content-type: application/json' -d '{"model":"gpt-5.2","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'
            curl, in OpenAI's language to an Anthropic upstream, streamed:
              curl -N {{address}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"claude-sonnet-4-5","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

            Claude Code:
              ANTHROPIC_BASE_URL={{address}} ANTHROPIC_AUTH_TOKEN=demo ANTHROPIC_MODEL=gpt-5.2 ANTHROPIC_SMALL_FAST_MODEL=gpt-5-mini claude
            Codex CLI:
              DEMO_KEY=demo codex -c 'model_providers.dragoman={name="dragoman",base_url="{{address}}/v1",env_key="DEMO_KEY",wire_api="responses"}' -c model_provider=dragoman -m claude-sonnet-4-5
            Gemini CLI:
              GEMINI_CLI_SYSTEM_SETTINGS_PATH={{_geminiSettings}} GOOGLE_GEMINI_BASE_URL={{address}} GEMINI_API_KEY=demo gemini -m claude-sonnet-4-5
            OpenAI SDK (Python):
              python -c 'from openai import OpenAI; print(OpenAI(base_url="{{address}}/v1", api_key="demo").responses.create(model="gemini-2.5-pro", input="Hello").output_text)'

            Models: curl {{address}}/v1/models        Why does a model go where it goes: curl '{{address}}/api/v1/explain?model=gpt-5.2'
            Stop with Ctrl-C.

            """;
    }

    public async ValueTask DisposeAsync()
    {
        await _emulators.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    private string Configuration()
    {
        var address = _emulators.Address.ToString().TrimEnd('/');
        return $$"""
            openai-compatibility:
              - name: emulated-openai
                base-url: {{address}}/v1
                wire-api: responses
                api-key-entries:
                  - api-key: demo
                models:
                  - name: gpt-5.2
                  - name: gpt-5-mini
              - name: emulated-chat
                base-url: {{address}}/v1
                api-key-entries:
                  - api-key: demo-chat
                models:
                  - name: deepseek-chat
            claude-api-key:
              - api-key: demo
                base-url: {{address}}
                models:
                  - name: claude-sonnet-4-5
                  - name: claude-opus-4-6
                  - name: claude-haiku-4-5
            gemini-api-key:
              - api-key: demo
                base-url: {{address}}
                models:
                  - name: gemini-2.5-pro
                  - name: gemini-2.5-flash
            bedrock:
              - name: emulated-bedrock
                region: us-east-1
                endpoint: {{address}}
                api-key: demo
                models:
                  - name: amazon.nova-pro-v1:0
                    alias: nova-pro
                  - name: anthropic.claude-sonnet-4-5-20250929-v1:0
                    alias: bedrock-claude
            """;
    }
}
