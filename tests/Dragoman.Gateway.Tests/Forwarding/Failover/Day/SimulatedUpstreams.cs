using System.Net;
using System.Text;
using Dragoman.Gateway.Tests.Support;

namespace Dragoman.Gateway.Tests.Forwarding.Failover.Day;

/// <summary>How an account's upstream behaves.</summary>
/// <param name="PerMinute">Requests it serves in a minute of the clock.</param>
/// <param name="PerWindow">Requests it serves in a window of five hours of the clock.</param>
internal sealed record Limits(int PerMinute, int PerWindow)
{
    /// <summary>When it fails, and with which status.</summary>
    public (TimeSpan From, TimeSpan To, int Status)? Outage { get; init; }
}

/// <summary>Twenty upstreams that count, refuse and fail as told, without any time passing. Each host is <c>aNN.example</c>.</summary>
internal sealed class SimulatedUpstreams(ManualTime time, IReadOnlyList<Limits> limits) : HttpMessageHandler
{
    public static readonly TimeSpan Window = TimeSpan.FromHours(5);
    private const string Answer = """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}],"usage":{"prompt_tokens":100,"completion_tokens":20,"total_tokens":120}}""";
    private readonly DateTimeOffset _midnight = time.GetUtcNow();
    private readonly Account[] _accounts = [.. limits.Select(_ => new Account())];

    /// <summary>Requests answered, by upstream.</summary>
    public IReadOnlyList<int> Answered => [.. _accounts.Select(account => account.Answered)];

    /// <summary>Requests that came although the upstream had asked for rest until later.</summary>
    public int WhileToldToRest => _accounts.Sum(account => account.WhileToldToRest);

    /// <summary>Requests that came during an upstream's outage.</summary>
    public IReadOnlyList<int> DuringOutage => [.. _accounts.Select(account => account.DuringOutage)];

    /// <summary>Refusals.</summary>
    public IReadOnlyList<int> Refused => [.. _accounts.Select(account => account.Refused)];

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var index = int.Parse(request.RequestUri!.Host.AsSpan(1, 2)) - 1;
        var (account, limit) = (_accounts[index], limits[index]);
        var now = time.GetUtcNow() - _midnight;
        if (now < account.RestsUntil) account.WhileToldToRest++;
        if (limit.Outage is { } outage && now >= outage.From && now < outage.To)
        {
            account.DuringOutage++;
            return Task.FromResult(Say(outage.Status, """{"error":{"message":"Broken.","type":"server_error"}}"""));
        }

        account.Enter(now);
        if (account.InWindow >= limit.PerWindow) return Task.FromResult(Refuse(account, now, Window - TimeSpan.FromTicks(now.Ticks % Window.Ticks), "insufficient_quota"));
        if (account.InMinute >= limit.PerMinute) return Task.FromResult(Refuse(account, now, TimeSpan.FromMinutes(1) - TimeSpan.FromTicks(now.Ticks % TimeSpan.TicksPerMinute), "rate_limit_exceeded"));
        account.InWindow++;
        account.InMinute++;
        account.Answered++;
        return Task.FromResult(Say(200, Answer));
    }

    private static HttpResponseMessage Refuse(Account account, TimeSpan now, TimeSpan wait, string code)
    {
        account.Refused++;
        var seconds = Math.Ceiling(wait.TotalSeconds);
        account.RestsUntil = now + wait;
        var answer = Say(429, $$$"""{"error":{"message":"Too many.","type":"rate_limit_error","code":"{{{code}}}"}}""");
        answer.Headers.TryAddWithoutValidation("retry-after", seconds.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return answer;
    }

    private static HttpResponseMessage Say(int status, string body)
        => new((HttpStatusCode)status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } } };

    private sealed class Account
    {
        private long _minute = -1;
        private long _window = -1;

        public int InMinute { get; set; }

        public int InWindow { get; set; }

        public int Answered { get; set; }

        public int Refused { get; set; }

        public int DuringOutage { get; set; }

        public int WhileToldToRest { get; set; }

        public TimeSpan RestsUntil { get; set; } = TimeSpan.MinValue;

        public void Enter(TimeSpan now)
        {
            if (now.Ticks / TimeSpan.TicksPerMinute is var m && m != _minute) (_minute, InMinute) = (m, 0);
            if (now.Ticks / Window.Ticks is var w && w != _window) (_window, InWindow) = (w, 0);
        }
    }
}
