using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.Catalog;
using Dragoman.Server.Hosting;
using Dragoman.Server.Lifetime;

namespace Dragoman.Cli.Commands;

/// <summary>The emulated upstreams of <c>serve --demo</c>, and what to try with them.</summary>
internal sealed class Demo : IAsyncDisposable
{
    private const string ClaudeCodesModel = "gpt-5.2";
    private readonly EmulatorHost _emulators;
    private readonly string _folder;
    private readonly string _geminiHome;

    private Demo(EmulatorHost emulators)
    {
        _emulators = emulators;
        _folder = EmptyFolder();
        // With an address of its own and nothing settled, Gemini CLI takes itself to be without any way to sign in. It reads settings besides the
        // user's only from folders that are the administrator's up to the root; so the line gives it a home of its own, and the user's stays as it is.
        _geminiHome = Path.Combine(_folder, "gemini-cli");
        File.WriteAllText(Path.Combine(Directory.CreateDirectory(Path.Combine(_geminiHome, ".gemini")).FullName, "settings.json"), """{ "security": { "auth": { "selectedType": "gemini-api-key" } } }""");
    }

    /// <summary>A folder of its own below the user's home.</summary>
    private static string EmptyFolder()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        if (home.Length == 0) return Directory.CreateTempSubdirectory("dragoman-demo-").FullName;
        var folder = Path.Combine(home, ".dragoman", "demo", Guid.NewGuid().ToString("N")[..12]);
        return Directory.CreateDirectory(folder).FullName;
    }

    public static async Task<Demo> StartAsync(CancellationToken cancellationToken)
        => new(await EmulatorHost.StartAsync(new EmulatorOptions(), cancellationToken));

    /// <summary>The same start with the emulated upstreams for configuration, and with an empty data folder unless the command line names one.</summary>
    /// <exception cref="StartException">A configuration is named, which a demo does not take.</exception>
    public StartOptions Configure(StartOptions options) => options.ConfigFile is null
        ? options with { ConfigText = Configuration(), DataFolder = options.DataFolder is { } data ? Path.GetFullPath(data) : _folder }
        : throw new StartException("--demo has a configuration of its own; leave out --config, or --demo.");

    /// <summary>What to copy and paste.</summary>
    public string Instructions(Uri gateway)
    {
        var address = gateway.ToString().TrimEnd('/');
        // Claude Code does not know the limits of other vendors' models.
        var facts = ModelCatalog.BuiltIn.Find(ClaudeCodesModel);
        return $$"""

            This is a demo: emulated upstreams stand behind the gateway, no account is used and nothing leaves this machine.
            Ask anything; "create file hello.txt with Hello" makes the emulated model use your agent's own tools.

            curl, in Anthropic's protocol to an OpenAI upstream:
              curl {{address}}/v1/messages -H 'content-type: application/json' -d '{"model":"gpt-5.2","max_tokens":200,"messages":[{"role":"user","content":"Hello"}]}'
            curl, in OpenAI's protocol to an Anthropic upstream, streamed:
              curl -N {{address}}/v1/chat/completions -H 'content-type: application/json' -d '{"model":"claude-sonnet-5","stream":true,"messages":[{"role":"user","content":"Hello"}]}'

            Claude Code:
              ANTHROPIC_BASE_URL={{address}} ANTHROPIC_AUTH_TOKEN=demo CLAUDE_CODE_MAX_CONTEXT_TOKENS={{facts?.ContextWindow}} CLAUDE_CODE_MAX_OUTPUT_TOKENS={{facts?.MaxOutputTokens}} ANTHROPIC_MODEL={{ClaudeCodesModel}} ANTHROPIC_SMALL_FAST_MODEL=gpt-5.4-mini claude
            Codex CLI:
              DEMO_KEY=demo codex -c 'model_providers.dragoman={name="dragoman",base_url="{{address}}/v1",env_key="DEMO_KEY",wire_api="responses"}' -c model_provider=dragoman -m claude-sonnet-5
            Gemini CLI:
              GEMINI_CLI_HOME={{Quoted(_geminiHome)}} GOOGLE_GEMINI_BASE_URL={{address}} GEMINI_API_KEY=demo gemini -m claude-sonnet-5
            OpenAI SDK (Python):
              python -c 'from openai import OpenAI; print(OpenAI(base_url="{{address}}/v1", api_key="demo").responses.create(model="gemini-3.5-flash", input="Hello").output_text)'

            Sign in at an emulated vendor (in a browser; with a code; with an emulated subscription):
              dragoman login openrouter --url {{address}}
              dragoman login github-copilot --url {{address}}
              dragoman login chatgpt --url {{address}}
              dragoman login kiro --acknowledge --url {{address}}

            Models: curl {{address}}/v1/models        Why does a model go where it goes: curl '{{address}}/api/v1/explain?model=gpt-5.2'
            Stop with Ctrl-C.

            """;
    }

    public async ValueTask DisposeAsync()
    {
        await _emulators.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A path as a shell takes it.</summary>
    private static string Quoted(string path) => path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '.' or '-' or '_') ? path : $"'{path.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private string Configuration()
    {
        var address = _emulators.Address.ToString().TrimEnd('/');
        // Nobody's words are recorded in a demo, so that bodies, replay and comparison can be tried.
        return $$"""
            flows:
              mode: full
            providers:
              openrouter:
                authorize-url: {{address}}/openrouter/auth
                base-url: {{address}}/openrouter/api/v1
              github-copilot:
                login-url: {{address}}/copilot/github
                api-url: {{address}}/copilot/api
              chatgpt:
                auth-url: {{address}}/chatgpt/auth
                base-url: {{address}}/chatgpt/backend-api/codex
              kiro:
                auth-url: {{address}}/kiro/auth
                portal-url: {{address}}/kiro/portal
                oidc-url: {{address}}/kiro/oidc/{region}
                service-url: {{address}}/kiro/service
                management-url: {{address}}/kiro/service
            openai-compatibility:
              - name: emulated-openai
                base-url: {{address}}/v1
                wire-api: responses
                api-key-entries:
                  - api-key: demo
                models:
                  - name: gpt-5.2
                  - name: gpt-5.4-mini
                  - name: gpt-5-mini
                  # What Codex asks for by itself.
                  - { name: gpt-5.4-mini, alias: codex-auto-review }
                  - { name: gpt-5.2, alias: gpt-5.4 }
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
                  - name: claude-sonnet-5
                  - name: claude-sonnet-4-5
                  - name: claude-opus-4-6
                  - name: claude-haiku-4-5
            gemini-api-key:
              - api-key: demo
                base-url: {{address}}
                models:
                  - name: gemini-3.8-flash
                  - name: gemini-3.5-flash
                  - name: gemini-2.5-pro
                  - name: gemini-2.5-flash
                  # What Gemini CLI asks for by itself, whatever -m names.
                  - { name: gemini-2.5-flash, alias: gemini-2.5-flash-lite }
                  - { name: gemini-3.5-flash, alias: gemini-3-flash }
                  - { name: gemini-3.5-flash, alias: gemini-3.1-flash-lite }
                  - { name: gemini-3.5-flash, alias: gemini-3.5-flash-lite }
                  - { name: gemini-2.5-flash, alias: gemini-3-flash-preview }
                  - { name: gemini-2.5-flash, alias: gemini-3.1-flash-lite-preview }
                  - { name: gemini-2.5-pro, alias: gemini-3-pro-preview }
                  - { name: gemini-2.5-pro, alias: gemini-3.1-pro-preview }
                  - { name: gemini-2.5-pro, alias: gemini-3.1-pro-preview-customtools }
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
