using System.IO.Pipelines;
using System.Text;
using Dragoman.Gateway.Providers.Http;
using Dragoman.Gateway.Models;
using Dragoman.Gateway.Providers;
using Dragoman.Gateway.Relay;
using Dragoman.Gateway.Tests.Support;
using Dragoman.Wire;
using Dragoman.Wire.Conversation;

namespace Dragoman.Gateway.Tests.Accounts.Day;

/// <summary>
/// A day of requests through the real router and forwarder, over simulated upstreams, on a clock that the test moves. One thread, seeded
/// randomness: the same day every time.
/// </summary>
internal sealed class SimulatedDay
{
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"model":"m","messages":[{"role":"user","content":"hi"}]}""");
    private readonly ManualTime time = new();
    private readonly Random random;
    private readonly Forwarder forwarder;
    private readonly List<Task<RelayOutcome>> asked = [];

    public SimulatedDay(string strategy, IReadOnlyList<Limits> limits, int seed = 1, Func<int, string>? keys = null)
    {
        random = new Random(seed);
        Upstreams = new SimulatedUpstreams(time, limits);
        var entries = limits.Select((_, index) => Routing.Upstream($"a{index + 1:00}", keys?.Invoke(index) ?? ""));
        var config = Config.Load($"routing: {{ strategy: {strategy} }}\nopenai-compatibility:\n{string.Concat(entries)}");
        Router = new Router(config.ToRouting(), time);
        var services = new RelayServices(Router, ProviderModules.CreateRegistry(time), new UpstreamHttp(_ => Upstreams), time)
        {
            Jitter = random.NextDouble,
            OptionsSource = () => new RelayOptions { RequestRetry = config.Retry.Rounds, MaxRetryInterval = config.Retry.MaxWait },
        };
        forwarder = new Forwarder(services);
    }

    public SimulatedUpstreams Upstreams { get; }

    public Router Router { get; }

    /// <summary>The longest that the gateway waits for an account before it refuses: three rounds of <c>max-retry-interval</c> and jitter.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30.5);

    /// <summary>Lets requests come at random moments, so many a minute on the mean.</summary>
    public void Run(TimeSpan length, double perMinute)
    {
        var end = time.GetUtcNow() + length;
        while (true)
        {
            // The time to the next of independent arrivals.
            var next = TimeSpan.FromMinutes(-Math.Log(1 - random.NextDouble()) / perMinute);
            if (time.GetUtcNow() + next >= end) break;
            time.Advance(next);
            Ask($"s{random.Next(300)}");
        }

        time.Advance(end - time.GetUtcNow());
    }

    /// <summary>How the requests ended that came since the last call. Whoever still waits is waited for.</summary>
    public IReadOnlyList<RelayOutcome> Outcomes()
    {
        for (var second = 0; second < 120 && asked.Exists(request => !request.IsCompleted); second++) time.Advance(TimeSpan.FromSeconds(1));
        var ended = asked.Select(request => request.IsCompleted ? request.GetAwaiter().GetResult() : throw new InvalidOperationException("A request never ended.")).ToList();
        asked.Clear();
        return ended;
    }

    private void Ask(string session)
    {
        var request = new ClientRequest
        {
            Language = Languages.Client(Language.OpenAiChat), Body = Body, Head = RequestHead.Read(Body), Model = "m", FlowId = "f", SessionHeader = session,
        };
        asked.Add(forwarder.ForwardAsync(request, new Sink(), CancellationToken.None));
    }

    private sealed class Sink : IClientChannel
    {
        public PipeWriter Body { get; } = PipeWriter.Create(Stream.Null);

        public bool HasBegun { get; private set; }

        public void Abort()
        {
        }

        public void Begin(int status, string contentType, AnswerHeaders headers) => HasBegun = true;
    }
}
