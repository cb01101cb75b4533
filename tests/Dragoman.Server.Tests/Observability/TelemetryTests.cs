using System.Text;
using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Gateway.Accounts;
using Dragoman.Protocols;
using Dragoman.Providers;
using Dragoman.Server.Observability.Telemetry;
using Dragoman.Server.Tests.Forwarding;
using Dragoman.Server.Tests.Support;

namespace Dragoman.Server.Tests.Observability;

/// <summary>What a collector gets, from a gateway that runs as a process of its own with the standard variables set.</summary>
[Trait("speed", "fast")]
public sealed class TelemetryTests : IDisposable
{
    private const string TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    private readonly List<string> _traceParents = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("dragoman-telemetry-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("speed", "slow")]
    public async Task Spans_and_metrics_arrive_by_the_conventions_names(bool grpc)
    {
        await using var collector = await OtlpCollector.StartAsync(grpc);
        await RunAsync(collector, new() { ["OTEL_EXPORTER_OTLP_PROTOCOL"] = grpc ? "grpc" : "http/protobuf", ["OTEL_EXPORTER_OTLP_HEADERS"] = "x-key=secret", ["OTEL_RESOURCE_ATTRIBUTES"] = "deployment.environment.name=test" });

        collector.Keys.ShouldAllBe(key => key == "secret");
        var spans = collector.Spans.ToList();
        spans.ShouldAllBe(span => span.Resource["service.name"] == "dragoman" && span.Resource["deployment.environment.name"] == "test");
        spans.Count(span => span.Kind == 2).ShouldBe(3);

        var server = spans.Single(span => span.Name == "chat claude-1");
        server.Kind.ShouldBe(2);
        server.Trace.ShouldBe("0af7651916cd43dd8448eb211c80319c");
        server.Parent.ShouldBe("b7ad6b7169203331");
        server.Status.ShouldBe(0);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[
            ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", "anthropic"), ("gen_ai.request.model", "claude-1"), ("gen_ai.response.model", "claude-sonnet-4-5"),
            ("server.address", "127.0.0.1"), ("http.response.status_code", "200"), ("gen_ai.request.stream", "true"), ("dragoman.mode", "translated"), ("dragoman.attempts", "1"),
            ("dragoman.account", "claude"), ("gen_ai.conversation.id", "talk-7")]) server.Attributes[name].ShouldBe(value, name);
        foreach (var name in (string[])["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "server.port", "gen_ai.response.time_to_first_chunk", "dragoman.flow.id"]) server.Attributes.ShouldContainKey(name);
        var call = spans.Single(span => span.Name == "chat claude-sonnet-4-5");
        call.Kind.ShouldBe(3);
        call.Parent.ShouldBe(server.Id);
        call.Trace.ShouldBe(server.Trace);
        call.Start.ShouldBeLessThanOrEqualTo(call.End);
        call.End.ShouldBeLessThanOrEqualTo(server.End);
        call.Attributes["gen_ai.provider.name"].ShouldBe("anthropic");
        call.Attributes["server.address"].ShouldBe("127.0.0.1");

        var gemini = spans.Single(span => span.Kind == 2 && span.Name == "generate_content m");
        gemini.Parent.ShouldBe("");
        var attempts = spans.Where(span => span.Kind == 3 && span.Parent == gemini.Id).OrderBy(span => span.Start).ToList();
        attempts.Select(span => span.Attributes.GetValueOrDefault("error.type")).ShouldBe(["auth_dead", null]);
        attempts.Select(span => span.Status).ShouldBe([2, 0]);
        attempts[0].End.ShouldBeLessThanOrEqualTo(attempts[1].End);
        _traceParents.ShouldAllBe(sent => sent == "");

        var refused = spans.Single(span => span.Name == "chat nobody");
        refused.Attributes["error.type"].ShouldBe("not_found");
        refused.Attributes["http.response.status_code"].ShouldBe("404");
        refused.Status.ShouldBe(0);

        var points = collector.Points.ToList();
        var duration = points.First(point => point.Metric == "gen_ai.server.request.duration" && point.Attributes.GetValueOrDefault("gen_ai.request.model") == "claude-1");
        duration.Unit.ShouldBe("s");
        duration.Bounds.ShouldBe([0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92]);
        var tokens = points.Where(point => point.Metric == "gen_ai.client.token.usage").ToList();
        tokens.Select(point => point.Attributes["gen_ai.token.type"]).Distinct().Order().ShouldBe(["input", "output"]);
        tokens.ShouldAllBe(point => point.Unit == "{token}" && point.Bounds.Last() == 67108864);
        foreach (var name in (string[])["gen_ai.server.time_to_first_token", "gen_ai.client.operation.duration", "dragoman.attempts", "dragoman.retries", "dragoman.requests.open", "dragoman.accounts", "dragoman.cooldown.longest"])
            points.Select(point => point.Metric).ShouldContain(name);
        // A name that a client made up is no label.
        points.ShouldAllBe(point => !point.Attributes.Values.Contains("nobody"));
        // And nothing anybody said is in any of it.
        spans.SelectMany(span => span.Attributes.Values).ShouldAllBe(value => !value.Contains("violet", StringComparison.Ordinal));
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task Upstreams_are_told_of_the_trace_only_where_that_is_configured()
    {
        await using var collector = await OtlpCollector.StartAsync(grpc: false);
        await RunAsync(collector, [], "telemetry: { propagate: true }\n");
        var servers = collector.Spans.Where(span => span.Kind == 2).ToDictionary(span => span.Id);
        _traceParents.Count.ShouldBe(3);
        foreach (var sent in _traceParents) sent.ShouldBe($"00-{servers[sent.Split('-')[2]].Trace}-{sent.Split('-')[2]}-01");
    }

    [Theory]
    [InlineData("OTEL_SDK_DISABLED", "true")]
    [InlineData("OTEL_TRACES_EXPORTER", "none")]
    [Trait("speed", "slow")]
    public async Task What_is_switched_off_is_not_sent(string variable, string value)
    {
        await using var collector = await OtlpCollector.StartAsync(grpc: false);
        await RunAsync(collector, new() { [variable] = value });
        collector.Spans.ShouldBeEmpty();
        collector.Points.IsEmpty.ShouldBe(variable == "OTEL_SDK_DISABLED");
    }

    [Fact]
    [Trait("speed", "slow")]
    public async Task A_collector_that_is_not_there_is_told_and_does_no_harm()
    {
        var error = await RunAsync(null, new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9", ["OTEL_EXPORTER_OTLP_TIMEOUT"] = "500" });
        error.ShouldContain("Telemetry could not be sent");
    }

    [Fact]
    public void The_variables_are_read_as_the_specification_says()
    {
        Read([]).IsOn.ShouldBeFalse();
        var common = Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "https://collector:4318/base/" });
        common.Traces!.Address.ToString().ShouldBe("https://collector:4318/base/v1/traces");
        common.Metrics!.Address.ToString().ShouldBe("https://collector:4318/base/v1/metrics");
        var own = Read(new() { ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] = "http://collector/in" });
        own.Traces!.Address.ToString().ShouldBe("http://collector/in");
        own.Metrics.ShouldBeNull();
        Read(new() { ["OTEL_TRACES_EXPORTER"] = "otlp" }).Traces!.Address.ToString().ShouldBe("http://localhost:4318/v1/traces");
        var grpc = Read(new() { ["OTEL_METRICS_EXPORTER"] = "otlp", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "grpc" });
        grpc.Metrics!.Address.ToString().ShouldBe("http://localhost:4317/");
        grpc.Traces.ShouldBeNull();
        Read(new() { ["OTEL_TRACES_EXPORTER"] = "zipkin" }).Problems.Single().ShouldContain("zipkin");
        Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "collector" }).Problems.Count.ShouldBe(2);
        Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://c", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/json" }).IsOn.ShouldBeFalse();
        Read(new() { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://c", ["OTEL_EXPORTER_OTLP_HEADERS"] = "authorization=secret" }).ToString().ShouldNotContain("secret");
    }

    [Theory]
    [InlineData("openai", "https://api.openai.com/v1", "openai")]
    [InlineData("openai", "https://my-own.openai.azure.com/openai/v1", "azure.ai.openai")]
    [InlineData("openai", "https://api.groq.com/openai/v1", "groq")]
    [InlineData("openai", "https://not-openai.com/v1", "openai-compatible-as-it-is")]
    [InlineData("claude", "https://gateway.example/anthropic", "anthropic")]
    [InlineData("bedrock", "", "aws.bedrock")]
    public void Providers_have_the_conventions_names(string provider, string address, string expected)
    {
        var account = new Account { Id = "a", Label = "a", Provider = provider, Protocol = Protocol.OpenAiChat, BaseUrl = address, Credential = new NoCredential() };
        ProviderModules.CreateRegistry(TimeProvider.System)[provider].TelemetryNameOf(account).ShouldBe(expected == "openai-compatible-as-it-is" ? provider : expected);
    }

    private static TelemetrySwitch Read(Dictionary<string, string> variables) => TelemetrySwitch.Read(name => variables.GetValueOrDefault(name));

    /// <summary>Runs a gateway for three requests to its end, which sends what is still there; gives its log.</summary>
    private async Task<string> RunAsync(OtlpCollector? collector, Dictionary<string, string> variables, string more = "")
    {
        await using var emulators = await EmulatorHost.StartAsync(new EmulatorOptions());
        await using var upstream = await PassingUpstream.StartAsync(emulators.Address, request => _traceParents.Add(request.Headers.TraceParent.ToString()));
        var address = upstream.Address.ToString().TrimEnd('/');
        var config = Path.Combine(_folder, "config.yaml");
        await File.WriteAllTextAsync(config, FailureTests.Account("dead", address + "/v1", "invalid-key") + FailureTests.Account("alive", address + "/v1", "k", first: false)
            + $"claude-api-key:\n  - {{ name: claude, api-key: k, base-url: '{address}', models: [ {{ name: claude-sonnet-4-5, alias: claude-1 }} ] }}\n{more}");
        if (collector is not null) variables["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Address;
        await using var gateway = Dragoman.Server.Tests.Cli.Program.Start(variables, "serve", "--config", config, "--data", _folder, "--port", "0");
        using var http = new HttpClient { BaseAddress = await gateway.AddressAsync() };
        await SayAsync(http, "/v1/chat/completions", Talk.Chat("claude-1", "say:violet words to the end", stream: true));
        await SayAsync(http, "/v1beta/models/m:generateContent", """{"contents":[{"role":"user","parts":[{"text":"say:violet"}]}]}""", traced: false);
        await SayAsync(http, "/v1/messages", Talk.Messages("nobody", "violet"));
        gateway.Signal("TERM");
        await gateway.EndAsync(TimeSpan.FromSeconds(30));
        gateway.ExitCode.ShouldBe(0);
        return gateway.Error;
    }

    private static async Task SayAsync(HttpClient http, string path, string json, bool traced = true)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(json, Encoding.UTF8, "application/json") };
        request.Headers.TryAddWithoutValidation("x-session-id", "talk-7");
        if (traced) request.Headers.TryAddWithoutValidation("traceparent", TraceParent);
        using var answer = await http.SendAsync(request);
        await answer.Content.ReadAsStringAsync();
    }
}
