using System.IO.Pipelines;
using System.Net;
using System.Text;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Forwarding.Failover;

/// <summary>Services with more than one host: the next is asked where the first is silent or gone, and not where the account or the request is at fault.</summary>
public sealed class HostFallbackTests
{
    private const string Two = "antigravity-account: [ { name: g, access-token: ya29.x, project: p, base-url: 'https://first.example', fallback-urls: [ 'https://second.example/' ], models: [ m ] } ]\n";

    private const string Fault = """500 {"error":{"code":500,"message":"Broken.","status":"INTERNAL"}}""";

    private readonly ManualTime _time = new();
    private readonly Hosts _hosts = new();

    [Fact]
    public async Task A_silent_host_is_left_after_a_minute_and_not_asked_first_for_a_while()
    {
        var forwarder = ForwarderOver(Two);
        _hosts.Answers["first.example"] = Hosts.Silence;
        var began = _time.GetUtcNow();
        var outcome = await AskAsync(forwarder);
        (outcome.Status, outcome.Attempts.Count, string.Join(' ', _hosts.Asked)).ShouldBe((200, 2, "first.example second.example"), outcome.Error?.Message);
        (_time.GetUtcNow() - began).ShouldBeInRange(TimeSpan.FromSeconds(59), TimeSpan.FromSeconds(115));
        (await AskAsync(forwarder)).Status.ShouldBe(200);
        _hosts.Asked[2..].ShouldBe(["second.example"]);
        _hosts.Answers["first.example"] = Hosts.Good;
        _time.Advance(TimeSpan.FromMinutes(6));
        (await AskAsync(forwarder)).Status.ShouldBe(200);
        _hosts.Asked[3..].ShouldBe(["first.example"]);
    }

    [Fact]
    public async Task A_host_that_has_begun_and_says_nothing_is_silent_too()
    {
        var forwarder = ForwarderOver(Two);
        _hosts.Answers["first.example"] = Hosts.HeadersOnly;
        (await AskAsync(forwarder)).Status.ShouldBe(200);
        _hosts.Asked.ShouldBe(["first.example", "second.example"]);
    }

    [Theory]
    [InlineData(Hosts.Unreachable, true)]
    [InlineData(Hosts.Swallows, true)]
    [InlineData(Hosts.Breaks, true)]
    [InlineData("""500 {"error":{"code":500,"message":"Broken.","status":"INTERNAL"}}""", true)]
    [InlineData("""404 {"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}""", true)]
    [InlineData("""403 {"error":{"code":403,"message":"Permission denied.","status":"PERMISSION_DENIED"}}""", true)]
    [InlineData("""429 {"error":{"code":429,"message":"Resource has been exhausted (e.g. check quota).","status":"RESOURCE_EXHAUSTED"}}""", true)]
    [InlineData("""403 {"error":{"code":403,"message":"Verify.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"VALIDATION_REQUIRED"}]}}""", false)]
    [InlineData("""429 {"error":{"code":429,"message":"You have exhausted your capacity.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"QUOTA_EXHAUSTED"}]}}""", false)]
    [InlineData("""503 {"error":{"code":503,"message":"No capacity available for model m","status":"UNAVAILABLE","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"MODEL_CAPACITY_EXHAUSTED"}]}}""", false)]
    [InlineData("""400 {"error":{"code":400,"message":"Bad.","status":"INVALID_ARGUMENT"}}""", false)]
    public async Task Only_what_is_the_hosts_fault_goes_on_to_the_next(string answer, bool goesOn)
    {
        var forwarder = ForwarderOver(Two);
        _hosts.Answers["first.example"] = answer;
        var outcome = await AskAsync(forwarder);
        _hosts.Asked.Distinct().ShouldBe(goesOn ? ["first.example", "second.example"] : ["first.example"]);
        (outcome.Status == 200).ShouldBe(goesOn);
    }

    [Fact]
    public async Task A_host_with_a_fault_of_its_own_is_left_after_a_pause()
    {
        var forwarder = ForwarderOver(Two);
        _hosts.Answers["first.example"] = Fault;
        var began = _time.GetUtcNow();
        (await AskAsync(forwarder)).Status.ShouldBe(200);
        (_time.GetUtcNow() - began).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(Hosts.Unreachable, 0, true)]
    [InlineData(Hosts.Swallows, 0, true)]
    [InlineData(Hosts.Breaks, 0, true)]
    [InlineData(Fault, 1, true)]
    [InlineData("""404 {"error":{"code":404,"message":"Requested entity was not found.","status":"NOT_FOUND"}}""", 0, true)]
    [InlineData(Hosts.Silence, 30, true)]
    [InlineData("""403 {"error":{"code":403,"message":"Verify.","status":"PERMISSION_DENIED","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"VALIDATION_REQUIRED"}]}}""", 0, false)]
    public async Task What_the_gateway_asks_itself_goes_on_to_the_next_host_as_requests_do(string answer, int seconds, bool goesOn)
    {
        var vendor = VendorOver(Two);
        _hosts.Answers["first.example"] = answer;
        var began = _time.GetUtcNow();
        using var response = await PutAsync(vendor, "https://first.example/v1internal:retrieveUserQuotaSummary");
        ((int)response.StatusCode, string.Join(' ', _hosts.Asked)).ShouldBe(goesOn ? (200, "first.example second.example") : (403, "first.example"));
        (_time.GetUtcNow() - began).ShouldBeInRange(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 20));
        _hosts.Bodies.ShouldAllBe(body => body == "POST Bearer t {}");
        if (answer != Fault) return;
        using var again = await PutAsync(vendor, "https://first.example/v1internal:retrieveUserQuotaSummary");
        _hosts.Asked[2..].ShouldBe(["second.example"], "the broken one is passed over for a while");
    }

    [Fact]
    public async Task What_no_host_answers_well_is_told_in_the_first_ones_words()
    {
        var vendor = VendorOver(Two);
        (_hosts.Answers["first.example"], _hosts.Answers["second.example"]) = (Fault, Hosts.Unreachable);
        using var response = await PutAsync(vendor, "https://first.example/v1internal:x");
        ((int)response.StatusCode, await response.Content.ReadAsStringAsync()).ShouldBe((500, Fault[4..]));
        _hosts.Answers["first.example"] = Hosts.Unreachable;
        await Should.ThrowAsync<HttpRequestException>(() => PutAsync(vendor, "https://first.example/v1internal:x"));
        _hosts.Asked.Clear();
        _hosts.Answers["elsewhere.example"] = Fault;
        using var elsewhere = await PutAsync(vendor, "https://elsewhere.example/token");
        _hosts.Asked.ShouldBe(["elsewhere.example"], "what is not the service's passes");
    }

    [Fact]
    public async Task Before_there_is_an_account_the_settings_say_where_the_service_is_besides()
    {
        var config = Config.Load("providers: { antigravity: { base-url: 'https://first.example', fallback-urls: [ 'https://second.example' ] } }\n");
        var vendor = Contexts(config.SettingsOf).For(ProviderModules.CreateRegistry(_time)["antigravity"], (string?)null);
        _hosts.Answers["first.example"] = Hosts.Unreachable;
        using var response = await PutAsync(vendor, "https://first.example/v1internal:loadCodeAssist");
        _hosts.Asked.ShouldBe(["first.example", "second.example"]);
        var usual = Contexts(Config.Load("port: 0\n").SettingsOf).For(ProviderModules.CreateRegistry(_time)["antigravity"], (string?)null);
        _hosts.Answers["daily-cloudcode-pa.googleapis.com"] = Hosts.Unreachable;
        using var second = await PutAsync(usual, "https://daily-cloudcode-pa.googleapis.com/v1internal:loadCodeAssist");
        _hosts.Asked[2..].ShouldBe(["daily-cloudcode-pa.googleapis.com", "cloudcode-pa.googleapis.com"]);
    }

    [Fact]
    public async Task Where_all_are_gone_the_client_hears_it_and_the_place_is_given_back()
    {
        var forwarder = ForwarderOver(Two.Replace("models:", "concurrency: 1, models:", StringComparison.Ordinal));
        _hosts.Answers["first.example"] = _hosts.Answers["second.example"] = Hosts.Unreachable;
        var outcome = await AskAsync(forwarder);
        (outcome.Status, outcome.Error!.Code).ShouldBe((502, "upstream_unreachable"));
        (_hosts.Answers["first.example"], _hosts.Answers["second.example"]) = (Hosts.Good, Hosts.Good);
        _time.Advance(TimeSpan.FromMinutes(10));
        (await AskAsync(forwarder)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData(Hosts.Unreachable, "upstream_unreachable", "The upstream 'g' could not be reached: Name or service not known.")]
    [InlineData(Hosts.Swallows, "upstream_unreachable", "The upstream 'g' could not be reached: A connection could not be established in time.")]
    [InlineData(Hosts.Breaks, "upstream_connection_lost", "The connection to the upstream 'g' broke: The response ended prematurely")]
    public async Task Of_a_fault_on_the_way_the_client_hears_what_has_happened(string fault, string code, string message)
    {
        var forwarder = ForwarderOver(Two);
        _hosts.Answers["first.example"] = _hosts.Answers["second.example"] = fault;
        var outcome = await AskAsync(forwarder);
        (outcome.Status, outcome.Error!.Code).ShouldBe((502, code));
        outcome.Error.Message.ShouldStartWith(message);
    }

    [Theory]
    [InlineData(Hosts.Unreachable, true)]
    [InlineData(Hosts.Swallows, true)]
    [InlineData(Hosts.Breaks, false)]
    [InlineData(Hosts.Silence, false)]
    public async Task A_provider_that_goes_on_only_where_nobody_was_reached_does_so_for_what_the_gateway_asks_too(string fault, bool goesOn)
    {
        const string Yaml = "kiro: [ { name: k, access-token: t, models: [ m ] } ]\n";
        const string First = "q.us-east-1.amazonaws.com";
        _hosts.Answers[First] = fault;
        var forwarder = ForwarderOver(Yaml);
        await AskAsync(forwarder);
        _hosts.Asked.Distinct().ShouldBe(goesOn ? [First, "runtime.us-east-1.kiro.dev"] : [First]);
        _hosts.Asked.Clear();
        var vendor = Contexts(static _ => null).For(ProviderModules.CreateRegistry(_time)["kiro"], Config.Load(Yaml).Accounts.Single());
        try
        {
            using var response = await PutAsync(vendor, $"https://{First}/x");
        }
        catch (HttpRequestException)
        {
            goesOn.ShouldBeFalse();
        }

        _hosts.Asked.ShouldBe(goesOn ? [First, "runtime.us-east-1.kiro.dev"] : [First]);
    }

    [Fact]
    public async Task The_last_host_has_the_gateways_own_patience()
    {
        var forwarder = ForwarderOver(Two.Replace(", fallback-urls: [ 'https://second.example/' ]", "", StringComparison.Ordinal));
        _hosts.Answers["first.example"] = Hosts.Silence;
        var began = _time.GetUtcNow();
        (await AskAsync(forwarder)).Status.ShouldBe(504);
        (_time.GetUtcNow() - began).ShouldBeGreaterThan(TimeSpan.FromSeconds(119));
        _hosts.Asked.ShouldAllBe(host => host == "first.example");
    }

    [Theory]
    [InlineData("", "q.us-east-1.amazonaws.com runtime.us-east-1.kiro.dev")]
    [InlineData(", region: eu-central-1", "q.eu-central-1.amazonaws.com runtime.eu-central-1.kiro.dev")]
    [InlineData(", host: amazonaws", "q.us-east-1.amazonaws.com")]
    [InlineData(", host: kiro", "runtime.us-east-1.kiro.dev")]
    public async Task Kiros_other_host_is_asked_where_the_first_is_not_there(string more, string asked)
    {
        var forwarder = ForwarderOver($"kiro: [ {{ name: k, access-token: t, models: [ m ]{more} }} ]\n");
        foreach (var host in asked.Split(' ')) _hosts.Answers[host] = Hosts.Unreachable;
        (await AskAsync(forwarder)).Status.ShouldBe(502);
        _hosts.Asked.Distinct().ShouldBe(asked.Split(' '));
    }

    private Forwarder ForwarderOver(string yaml) => new(new ForwardingServices(new Router(Config.Load(yaml).ToRouting(), _time), ProviderModules.CreateRegistry(_time), new UpstreamTransport(_ => _hosts), _time)
    {
        OptionsSource = () => new ForwardingOptions { RequestRetry = 0, TransientRetries = 0, FirstByteTimeout = TimeSpan.FromSeconds(120) },
    });

    private VendorContexts Contexts(Func<ProviderModule, object?> settings) => new(new UpstreamTransport(_ => _hosts), settings, _time);

    private VendorContext VendorOver(string yaml) => Contexts(static _ => null).For(ProviderModules.CreateRegistry(_time)["antigravity"], Config.Load(yaml).Accounts.Single());

    private async Task<HttpResponseMessage> PutAsync(VendorContext vendor, string address)
    {
        using var question = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        question.Headers.Authorization = new("Bearer", "t");
        var asked = vendor.Http.SendAsync(question, CancellationToken.None);
        await _time.UntilAsync(() => asked.IsCompleted);
        return await asked;
    }

    private async Task<RequestOutcome> AskAsync(Forwarder forwarder)
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
        var request = new ClientRequest { ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = "m", FlowId = "f" };
        var asked = forwarder.ForwardAsync(request, new Sink(), CancellationToken.None);
        await _time.UntilAsync(() => asked.IsCompleted);
        return await asked;
    }

    private sealed class Hosts : HttpMessageHandler
    {
        public const string Good = """200 {"response":{"candidates":[{"content":{"role":"model","parts":[{"text":"ok"}]},"finishReason":"STOP"}]}}""";
        public const string Silence = "silence";
        public const string HeadersOnly = "headers";
        public const string Unreachable = "unreachable";
        public const string Swallows = "swallows";
        public const string Breaks = "breaks";

        public Dictionary<string, string> Answers { get; } = [];

        public List<string> Asked { get; } = [];

        /// <summary>Method, authorization and body of each request.</summary>
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Asked.Add(request.RequestUri!.Host);
            Bodies.Add($"{request.Method} {request.Headers.Authorization} {(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken))}");
            var answer = Answers.GetValueOrDefault(request.RequestUri.Host, Good);
            if (answer == Unreachable) throw new HttpRequestException(HttpRequestError.NameResolutionError, "Name or service not known");
            // As SocketsHttpHandler tells the end of its ConnectTimeout: a cancellation that nobody has asked for.
            if (answer == Swallows) throw new TaskCanceledException("The operation was canceled.", new TimeoutException("A connection could not be established in time."));
            if (answer == Breaks) throw new HttpRequestException("An error occurred while sending the request.", new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely."));
            if (answer == Silence) await Task.Delay(Timeout.Infinite, cancellationToken);
            if (answer == HeadersOnly) return new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new SilentStream()) { Headers = { ContentType = new("application/json") } } };
            return new((HttpStatusCode)int.Parse(answer[..3], System.Globalization.CultureInfo.InvariantCulture)) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(answer[4..])) { Headers = { ContentType = new("application/json") } } };
        }
    }

    /// <summary>A body of which nothing comes.</summary>
    private sealed class SilentStream : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        }
    }

    private sealed class Sink : IResponseChannel
    {
        public PipeWriter Body { get; } = PipeWriter.Create(Stream.Null);

        public bool HasBegun { get; private set; }

        public void Abort()
        {
        }

        public void Begin(int status, string contentType, AnswerHeaders headers) => HasBegun = true;
    }
}
