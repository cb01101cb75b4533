using System.Diagnostics;
using System.Text;
using Dragoman.Bench.Load;

namespace Dragoman.Bench.Compare;

/// <summary>The gateway as users get it: the published single file with a configuration that names the mock in every upstream language.</summary>
internal sealed class Gateway(string root, string work, string upstreamHost, bool sigV4, string? flows = null, string? postgres = null)
{
    /// <summary>The client's key: checking it is part of what a request costs.</summary>
    public const string Key = "bench-client-key-0123456789";

    private static readonly string[] Models = ["200x20", "50x20", "50x10", "2x120000"];
    private readonly string _program = Path.Combine(root, "artifacts", "bench", "dragoman", "dragoman");

    public long ProgramBytes => new FileInfo(_program).Length;

    /// <summary>The name by which clients ask for a model of an upstream.</summary>
    public static string Model(Wire upstream, ModelName model) => $"{upstream.Word()}-{model}";

    /// <summary><c>config</c>: prints the configuration, for a gateway that is started and profiled by hand.</summary>
    public static int PrintConfig(Arguments arguments)
    {
        var gateway = new Gateway("", "", arguments.Needed("upstream"), arguments.Has("sigv4"));
        arguments.Finish();
        Console.Write(gateway.Config());
        return 0;
    }

    public async Task PublishAsync()
    {
        var start = new ProcessStartInfo("dotnet", ["publish", Path.Combine(root, "src", "Dragoman.Cli"), "-c", "Release", "-r", "linux-x64", "-o", Path.GetDirectoryName(_program)!, "--nologo", "-v", "quiet"]);
        using var publish = Process.Start(start)!;
        await publish.WaitForExitAsync();
        if (publish.ExitCode != 0) throw new LoadException("dotnet publish failed; see above.");
    }

    public ChildProcess Start()
    {
        if (!File.Exists(_program)) throw new LoadException($"There is no {_program}; leave out --no-publish.");
        var config = Path.Combine(work, "config.yaml");
        File.WriteAllText(config, Config());
        var port = ChildProcess.FreePort();
        return ChildProcess.Start("gateway", work, port, _program, "serve", "--config", config, "--data", Path.Combine(work, "data"), "--port", $"{port}");
    }

    private string Config()
    {
        var text = new StringBuilder($"host: 127.0.0.1\napi-keys:\n  - {Key}\n");
        if (postgres is not null) text.Append($"store: {{ postgres: \"{postgres}\" }}\n");
        if (flows is not null) text.Append($"flows: {{ mode: {flows} }}\n");
        text.Append("openai-compatibility:\n");
        Entry(text, "mock-chat", $"base-url: http://{upstreamHost}/v1", ["wire-api: chat", "api-key: upstream-key"], Wire.Chat);
        Entry(text, "mock-responses", $"base-url: http://{upstreamHost}/v1", ["wire-api: responses", "api-key: upstream-key"], Wire.Responses);
        text.Append("claude-api-key:\n");
        Entry(text, "mock-messages", $"base-url: http://{upstreamHost}", ["api-key: upstream-key"], Wire.Messages);
        text.Append("gemini-api-key:\n");
        Entry(text, "mock-gemini", $"base-url: http://{upstreamHost}", ["api-key: upstream-key"], Wire.Gemini);
        text.Append("bedrock:\n");
        string[] credential = sigV4 ? ["access-key-id: AKIDBENCH", "secret-access-key: bench-secret"] : ["api-key: upstream-key"];
        Entry(text, "mock-bedrock", $"endpoint: http://{upstreamHost}", ["region: us-east-1", .. credential], Wire.Converse, Wire.Invoke);
        return text.ToString();
    }

    private static void Entry(StringBuilder text, string name, string address, string[] more, params Wire[] upstreams)
    {
        text.Append($"  - name: {name}\n    {address}\n");
        foreach (var line in more) text.Append($"    {line}\n");
        text.Append("    models:\n");
        foreach (var upstream in upstreams)
        {
            foreach (var model in Models)
            {
                // The names look like the vendor's own where a gateway may look at them.
                var own = upstream switch
                {
                    Wire.Converse => $"amazon.nova-bench-{model}",
                    Wire.Invoke => $"anthropic.claude-bench-{model}",
                    _ => $"bench-{model}",
                };
                text.Append($"      - name: {own}\n        alias: {upstream.Word()}-{model}\n");
                if (upstream == Wire.Converse) text.Append("        wire-api: converse\n");
                if (upstream == Wire.Invoke) text.Append("        wire-api: anthropic\n");
            }
        }
    }
}
