using Dragoman.Gateway.Persistence;

namespace Dragoman.Storage.Sql;

/// <summary>
/// The part of a flow that is shown but not searched by field, as <see cref="FlowDetails"/> writes it. Flows recorded by earlier builds use other names
/// (<c>lane</c>, <c>clientLanguage</c>, <c>why</c>) and values; they are read as well, so an existing data folder keeps its flows.
/// </summary>
internal sealed record FlowDetail
{
    public string? UserAgent { get; init; }

    public string? Surface { get; init; }

    public string? ClientProtocol { get => field ?? ClientLanguage; init; }

    public string? UpstreamProtocol { get => field ?? UpstreamLanguage; init; }

    public string? Mode
    {
        get => field ?? Lane switch { "relay" => "passthrough", "translate" => "translated", var other => other };
        init;
    }

    public string? Error { get; init; }

    public string? Preview { get; init; }

    public long? FirstByte { get; init; }

    public long? CacheWrite { get; init; }

    public long? Reasoning { get; init; }

    public IReadOnlyList<FlowDetailAttempt>? Attempts { get; init; }

    public IReadOnlyList<FlowLoss>? Losses { get; init; }

    /// <summary>The former name of <see cref="ClientProtocol"/>.</summary>
    public string? ClientLanguage { get; init; }

    /// <summary>The former name of <see cref="UpstreamProtocol"/>.</summary>
    public string? UpstreamLanguage { get; init; }

    /// <summary>The former name of <see cref="Mode"/>.</summary>
    public string? Lane { get; init; }
}

/// <summary>An attempt of a flow, as it is stored.</summary>
internal sealed record FlowDetailAttempt
{
    private const string FormerInterruption = "broke off:";

    public string AccountId { get; init; } = "";

    public string AccountLabel { get; init; } = "";

    public string Provider { get; init; } = "";

    public string Model { get; init; } = "";

    public string? Reason { get; init; }

    public string? ReasonCode { get; init; }

    public string? Cause { get; init; }

    /// <summary>The former name of <see cref="Reason"/>.</summary>
    public string? Why { get; init; }

    public string Outcome { get; init; } = "";

    public TimeSpan Duration { get; init; }

    public TimeSpan? Started { get; init; }

    public string? Transport { get; init; }

    /// <summary>The attempt as the gateway knows it.</summary>
    public FlowAttempt ToAttempt() => new(
        AccountId, AccountLabel, Provider, Model, Reason ?? Why ?? "",
        Outcome.StartsWith(FormerInterruption, StringComparison.Ordinal) ? string.Concat("interrupted:", Outcome.AsSpan(FormerInterruption.Length)) : Outcome, Duration)
    {
        ReasonCode = ReasonCode, Cause = Cause, Started = Started, Transport = AttemptTransportNames.Parse(Transport),
    };
}
