using System.IO.Pipelines;
using System.Net;
using System.Text;
using Dragoman.Gateway.Forwarding;
using Dragoman.Gateway.Forwarding.Attempts;
using Dragoman.Gateway.Forwarding.Transport;
using Dragoman.Gateway.Requests;
using Dragoman.Gateway.Routing;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Providers;

namespace Dragoman.Gateway.Tests.Forwarding.Failover;

/// <summary>How many requests a dead upstream gets: each request that has nobody else is tried there, but not again and again.</summary>
public sealed class DeadUpstreamTests
{
    private readonly ManualTime _time = new();
    private readonly Upstreams _upstreams = new();

    [Fact]
    public async Task The_only_upstream_gets_every_request_and_once_it_is_known_to_fail_no_request_twice()
    {
        var forwarder = ForwarderOver("a");
        await AskAsync(forwarder);
        _upstreams.Calls["a"].ShouldBe(8, "four rounds, the same account twice in each");
        for (var failures = 0; failures < 4; failures++)
        {
            _time.Advance(TimeSpan.FromSeconds(61));
            await AskAsync(forwarder);
        }

        _upstreams.Calls["a"] = 0;
        for (var request = 0; request < 50; request++) (await AskAsync(forwarder)).Status.ShouldBe(500);
        _upstreams.Calls["a"].ShouldBe(50);
    }

    [Fact]
    public async Task A_dead_upstream_gets_next_to_nothing_while_another_answers()
    {
        var forwarder = ForwarderOver("a", "b");
        _upstreams.Works.Add("b");
        for (var request = 0; request < 3_000; request++)
        {
            (await AskAsync(forwarder)).Status.ShouldBe(200);
            _time.Advance(TimeSpan.FromMilliseconds(20));
        }

        _upstreams.Calls["a"].ShouldBeLessThan(12, "a minute of fifty requests a second");
    }

    [Fact]
    public async Task Requests_that_come_together_after_a_cooldown_do_not_all_go_to_the_dead_one()
    {
        var forwarder = ForwarderOver("a", "b");
        _upstreams.Works.Add("b");
        await AskAsync(forwarder);
        await AskAsync(forwarder);
        _time.Advance(TimeSpan.FromSeconds(61));
        _upstreams.Calls["a"] = 0;
        _upstreams.Hold = new TaskCompletionSource();
        var asked = Enumerable.Range(0, 1_000).Select(_ => AskAsync(forwarder)).ToList();
        _upstreams.Calls["a"].ShouldBe(1, "the others go to the one that works while it is found out");
        _upstreams.Hold.SetResult();
        for (var step = 0; step < 20 && asked.Exists(request => !request.IsCompleted); step++) _time.Advance(TimeSpan.FromSeconds(1));
        (await Task.WhenAll(asked)).ShouldAllBe(outcome => outcome.Status == 200);
    }

    private Forwarder ForwarderOver(params string[] names)
    {
        var config = Config.Load("openai-compatibility:\n" + string.Concat(names.Select(name => RouterFixture.Upstream(name))));
        foreach (var name in names) _upstreams.Calls[name] = 0;
        return new Forwarder(new ForwardingServices(new Router(config.ToRouting(), _time), ProviderModules.CreateRegistry(_time), new UpstreamTransport(_ => _upstreams), _time)
        {
            OptionsSource = () => new ForwardingOptions { RequestRetry = 3, MaxRetryInterval = TimeSpan.FromSeconds(30) },
        });
    }

    private async Task<RequestOutcome> AskAsync(Forwarder forwarder)
    {
        var body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
        var request = new ClientRequest { ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = body, Head = RequestEnvelope.Read(body), Model = "m", FlowId = "f" };
        var asked = forwarder.ForwardAsync(request, new Sink(), CancellationToken.None);
        for (var step = 0; step < 100 && !asked.IsCompleted && _upstreams.Hold is null; step++) _time.Advance(TimeSpan.FromMilliseconds(100));
        return await asked;
    }

    private sealed class Upstreams : HttpMessageHandler
    {
        public Dictionary<string, int> Calls { get; } = [];

        public HashSet<string> Works { get; } = [];

        public TaskCompletionSource? Hold { get; set; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var name = request.RequestUri!.Host.Split('.')[0];
            Calls[name]++;
            if (Works.Contains(name))
                return Say(200, """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}""");
            if (Hold is { } hold) await hold.Task;
            return Say(500, """{"error":{"message":"Broken.","type":"server_error"}}""");
        }

        private static HttpResponseMessage Say(int status, string body)
            => new((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } } };
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
