using Dragoman.Emulators;
using Dragoman.Emulators.Http;
using Dragoman.Emulators.Script;
using Dragoman.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Dragoman.Server.Tests.Conformance.Upstreams;

/// <summary>One upstream language behind a gateway, both over real HTTP: what the upstream can, and where it stands in config.yaml.</summary>
public abstract class UpstreamScenario : IAsyncLifetime
{
    private EmulatorHost? _emulator;
    private GatewayHost? _gateway;

    /// <summary>The language's short name.</summary>
    public abstract string Name { get; }

    /// <summary>The gateway accounts: an upstream at this address with this credential. The models are `m`, and `r`, which reasons.</summary>
    public abstract string Account(string address, string key, string name);

    /// <summary>Whether the upstream shows what it thinks.</summary>
    public virtual bool ShowsReasoning => true;

    /// <summary>Whether it verifies reasoning that comes back, so that losing it would be noticed.</summary>
    public virtual bool SignsReasoning => true;

    /// <summary>Whether a picture may be given by its address.</summary>
    public virtual bool ImagesByUrl => true;

    /// <summary>Whether tool results may hold pictures as such.</summary>
    public virtual bool ImagesInResults => true;

    /// <summary>Whether it can be told that a tool failed.</summary>
    public virtual bool TellsToolErrors => true;

    /// <summary>Whether it stops at given words.</summary>
    public virtual bool Stops => true;

    /// <summary>Whether it takes a limit of the answer's length.</summary>
    public virtual bool LimitsLength => true;

    /// <summary>Whether it can be held to one call at a time.</summary>
    public virtual bool OneCallAtATime => true;

    /// <summary>Whether it takes instructions in the midst of a conversation.</summary>
    public virtual bool InstructsMidway => false;

    /// <summary>Whether calls may be forbidden while tools stay declared.</summary>
    public virtual bool ForbidsCalls => true;

    /// <summary>Whether the upstream is Anthropic itself, which alone takes Claude Code's attribution line.</summary>
    public virtual bool IsVendor => false;

    /// <summary>Whether text may hold control characters.</summary>
    public virtual bool TakesControlCharacters => true;

    /// <summary>Whether the upstream's arguments are JSON objects rather than text, so that their spelling is the upstream's to choose.</summary>
    public virtual bool ArgumentsAreObjects => false;

    /// <summary>The protocol's own body in what was sent.</summary>
    public virtual string BodyOf(string sent) => sent;

    public EmulatorHost Emulator => _emulator!;

    public HttpClient Http { get; private set; } = null!;

    public string Address => Emulator.Address.ToString().TrimEnd('/');

    public async ValueTask InitializeAsync()
    {
        _emulator = await EmulatorHost.StartAsync(new EmulatorOptions { KeptRequests = 20_000 });
        _gateway = await StartAsync(Account(Address, "demo", "first"));
        Http = ClientOf(_gateway);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Http?.Dispose();
        if (_gateway is not null) await _gateway.DisposeAsync();
        if (_emulator is not null) await _emulator.DisposeAsync();
    }

    /// <summary>A gateway of one's own before the house's emulator.</summary>
    public static Task<GatewayHost> StartAsync(string accounts, string settings = "") => GatewayHost.StartAsync(new StartOptions
    {
        // The battery has the same requests refused again and again: nothing slows it down.
        ConfigText = $"request-retry: 0\ndisable-cooling: true\nlimits: {{ refused-burst: 0 }}\n{settings}\n{accounts}",
        Port = 0,
        LogLevel = LogLevel.None,
    });

    public static HttpClient ClientOf(GatewayHost gateway) => new() { BaseAddress = gateway.Address, Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>What the upstream got for clients while <paramref name="act"/> ran. What the gateway asks by itself meanwhile (usage pages, after fifteen seconds; lists of models) is left out.</summary>
    public async Task<IReadOnlyList<RecordedRequest>> DuringAsync(Func<Task> act)
    {
        var before = Emulator.Requests.Count > 0 ? Emulator.Requests[^1].Number : 0;
        await act();
        return [.. Emulator.Requests.Where(request => request.Number > before && request.Method == "POST" && !request.Target.Contains("UserQuota", StringComparison.Ordinal))];
    }
}
