using System.IO.Pipelines;
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

namespace Dragoman.Gateway.Tests.Forwarding.Failover.Day;

/// <summary>
/// A day of requests through the real router and forwarder, over simulated upstreams, on a clock that the test moves. One thread, seeded
/// randomness: the same day every time.
/// </summary>
internal sealed class SimulatedDay
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
    private readonly ManualTime _time = new();
    private readonly Random _random;
    private readonly Forwarder _forwarder;
    private readonly List<Task<RequestOutcome>> _asked = [];

    public SimulatedDay(string strategy, IReadOnlyList<Limits> limits, int seed = 1, Func<int, string>? keys = null)
    {
        _random = new Random(seed);
        Upstreams = new SimulatedUpstreams(_time, limits);
        var entries = limits.Select((_, index) => RouterFixture.Upstream($"a{index + 1:00}", keys?.Invoke(index) ?? ""));
        var config = Config.Load($"routing: {{ strategy: {strategy} }}\nopenai-compatibility:\n{string.Concat(entries)}");
        Router = new Router(config.ToRouting(), _time);
        var services = new ForwardingServices(Router, ProviderModules.CreateRegistry(_time), new UpstreamTransport(_ => Upstreams), _time)
        {
            Jitter = _random.NextDouble,
            OptionsSource = () => new ForwardingOptions { RequestRetry = config.Retry.Rounds, MaxRetryInterval = config.Retry.MaxWait },
        };
        _forwarder = new Forwarder(services);
    }

    public SimulatedUpstreams Upstreams { get; }

    public Router Router { get; }

    /// <summary>The longest that the gateway waits for an account before it refuses: three rounds of <c>max-retry-interval</c> and jitter.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30.5);

    /// <summary>Lets requests come at random moments, so many a minute on the mean.</summary>
    public void Run(TimeSpan length, double perMinute)
    {
        var end = _time.GetUtcNow() + length;
        while (true)
        {
            // The time to the next of independent arrivals.
            var next = TimeSpan.FromMinutes(-Math.Log(1 - _random.NextDouble()) / perMinute);
            if (_time.GetUtcNow() + next >= end) break;
            _time.Advance(next);
            Ask($"s{_random.Next(300)}");
        }

        _time.Advance(end - _time.GetUtcNow());
    }

    /// <summary>How the requests ended that came since the last call. Whoever still waits is waited for.</summary>
    public IReadOnlyList<RequestOutcome> Outcomes()
    {
        for (var second = 0; second < 120 && _asked.Exists(request => !request.IsCompleted); second++) _time.Advance(TimeSpan.FromSeconds(1));
        var ended = _asked.Select(request => request.IsCompleted ? request.GetAwaiter().GetResult() : throw new InvalidOperationException("A request never ended.")).ToList();
        _asked.Clear();
        return ended;
    }

    private void Ask(string session)
    {
        var request = new ClientRequest
        {
            ClientProtocol = ProtocolRegistry.Client(Protocol.OpenAiChat), Body = Body, Head = RequestEnvelope.Read(Body), Model = "m", FlowId = "f", SessionHeader = session,
        };
        _asked.Add(_forwarder.ForwardAsync(request, new Sink(), CancellationToken.None));
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
