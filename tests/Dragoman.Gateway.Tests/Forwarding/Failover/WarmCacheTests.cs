using System.IO.Pipelines;
using System.Net;
using System.Text;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Persistence;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Conversation;
using Dragoman.Protocols.Registry;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Forwarding.Failover;

/// <summary>A conversation's own account, which has read it before, is waited for as long as another would take to read it, and not longer.</summary>
public sealed class WarmCacheTests
{
    private static readonly RouteRequest Conversation = Request("s").Route;

    private readonly ManualTime _time = new();
    private readonly Upstreams _upstreams = new();
    private Router _router = null!;

    [Theory]
    [InlineData(40_000, 5, "a", 5)]
    [InlineData(40_000, 9, "b", 0)]
    [InlineData(400_000, 9, "a", 9)]
    [InlineData(400_000, 11, "b", 0)]
    [InlineData(1_000, 1, "b", 0)]
    [InlineData(6_000, 1, "a", 1)]
    public async Task A_limit_that_ends_soon_is_waited_for_as_long_as_the_conversation_is_worth(int tokens, int seconds, string answers, int waits)
    {
        var forwarder = ForwarderOver();
        Answered("a", tokens);
        Limit("a", TimeSpan.FromSeconds(seconds));
        var start = _time.GetUtcNow();
        await AskAsync(forwarder);
        _upstreams.Calls.ShouldBe([answers]);
        (_upstreams.At - start).TotalSeconds.ShouldBe(waits, 0.2);
    }

    [Fact]
    public async Task A_cache_that_has_gone_cold_is_not_waited_for()
    {
        var forwarder = ForwarderOver();
        Answered("a", 100_000);
        _time.Advance(TimeSpan.FromMinutes(5));
        Limit("a", TimeSpan.FromSeconds(1));
        await AskAsync(forwarder);
        _upstreams.Calls.ShouldBe(["b"]);
    }

    [Fact]
    public async Task Nothing_is_waited_for_where_the_setting_says_so_or_nobody_is_bound()
    {
        var forwarder = ForwarderOver("routing: { session-affinity: true, warm-cache-wait: 0s }\n");
        Answered("a", 100_000);
        Limit("a", TimeSpan.FromSeconds(1));
        await AskAsync(forwarder);
        _upstreams.Calls.ShouldBe(["b"]);
        _router.Plan(new RouteRequest("m", Protocol.OpenAiChat) { SessionKey = "another" }, dryRun: true).CacheWait.ShouldBeNull();
    }

    [Fact]
    public async Task A_place_at_a_full_account_is_taken_as_soon_as_it_is_free_and_given_up_in_time()
    {
        var forwarder = ForwarderOver(concurrency: ", concurrency: 1");
        Answered("a", 20_000);
        var other = new RouteRequest("m", Protocol.OpenAiChat);
        var held = _router.Plan(other).Candidates.Single(candidate => candidate.Account.Label == "a");
        _router.TryAcquire(held).ShouldBe(AcquireResult.Taken);
        _router.Plan(Conversation, dryRun: true).Trace.ShouldContain(step => step.Code == "conversation_waits_full" && step.Values["tokens"] == "20000" && step.Text.Contains("has read the conversation's 20000 tokens before and is full", StringComparison.Ordinal));
        var asked = SendAsync(forwarder);
        _time.Advance(TimeSpan.FromSeconds(2));
        _upstreams.Calls.ShouldBeEmpty("four seconds are worth it");
        _router.Release(held);
        await EndAsync(asked);
        _upstreams.Calls.ShouldBe(["a"]);

        Answered("a", 20_000);
        held = _router.Plan(other).Candidates.Single(candidate => candidate.Account.Label == "a");
        _router.TryAcquire(held).ShouldBe(AcquireResult.Taken);
        var start = _time.GetUtcNow();
        await AskAsync(forwarder);
        _upstreams.Calls.ShouldBe(["a", "b"]);
        (_upstreams.At - start).TotalSeconds.ShouldBe(4, 0.2);
    }

    [Fact]
    public async Task A_guessed_cooldown_is_not_waited_for()
    {
        var forwarder = ForwarderOver();
        Answered("a", 100_000);
        _router.ReportFailure(CandidateOf("a"), new Failure(FailureClass.RateLimited, new WireError(ErrorKind.RateLimit, "no")));
        await AskAsync(forwarder);
        _upstreams.Calls.ShouldBe(["b"]);
    }

    private Forwarder ForwarderOver(string routing = "routing: { session-affinity: true }\n", string concurrency = "")
    {
        var config = Config.Load(routing + "openai-compatibility:\n" + RouterFixture.Upstream("a", concurrency.TrimStart(',', ' ')) + RouterFixture.Upstream("b"));
        _router = new Router(config.ToRouting(), _time);
        _upstreams.Time = _time;
        return new Forwarder(new ForwardingServices(_router, ProviderModules.CreateRegistry(_time), new UpstreamTransport(_ => _upstreams), _time)
        {
            OptionsSource = () => new ForwardingOptions { RequestRetry = 3, MaxRetryInterval = TimeSpan.FromSeconds(30) },
        });
    }

    /// <summary>The conversation was answered by an account, which counted so many tokens.</summary>
    private void Answered(string label, long tokens) => _router.ReportSuccess(Conversation, CandidateOf(label), new TokenUsage { InputTokens = tokens - 100, OutputTokens = 100 });

    private void Limit(string label, TimeSpan time)
        => _router.ReportFailure(CandidateOf(label), new Failure(FailureClass.RateLimited, new WireError(ErrorKind.RateLimit, "no"), _time.GetUtcNow() + time));

    private Candidate CandidateOf(string label) => _router.Plan(new RouteRequest("m", Protocol.OpenAiChat), dryRun: true).Candidates.Single(candidate => candidate.Account.Label == label);

    private static ClientRequest Request(string session)
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
        return new ClientRequest { ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = "m", FlowId = "f", SessionHeader = session };
    }

    private static Task<RequestOutcome> SendAsync(Forwarder forwarder) => forwarder.ForwardAsync(Request("s"), new Sink(), CancellationToken.None);

    private Task AskAsync(Forwarder forwarder) => EndAsync(SendAsync(forwarder));

    private async Task EndAsync(Task<RequestOutcome> asked)
    {
        await _time.UntilAsync(() => asked.IsCompleted);
        (await asked).Status.ShouldBe(200);
    }

    private sealed class Upstreams : HttpMessageHandler
    {
        public TimeProvider Time { get; set; } = TimeProvider.System;

        public List<string> Calls { get; } = [];

        public DateTimeOffset At { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls.Add(request.RequestUri!.Host.Split('.')[0]);
            At = Time.GetUtcNow();
            var body = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}""";
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } } });
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
