namespace Dragoman.Server.Observability.Telemetry;

/// <summary>What is exported and where to, by OpenTelemetry's own environment variables. Without them nothing is.</summary>
internal sealed record TelemetrySwitch
{
    /// <summary>Where spans go; null for nowhere.</summary>
    public OtlpTarget? Traces { get; private init; }

    /// <summary>Where metrics go; null for nowhere.</summary>
    public OtlpTarget? Metrics { get; private init; }

    /// <summary>What the variables ask for and cannot be had, for people.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    /// <summary>Whether anything is exported.</summary>
    public bool IsOn => Traces is not null || Metrics is not null;

    /// <summary>Reads the variables.</summary>
    public static TelemetrySwitch Read(Func<string, string?> variable)
    {
        if (string.Equals(variable("OTEL_SDK_DISABLED")?.Trim(), "true", StringComparison.OrdinalIgnoreCase)) return new TelemetrySwitch();
        var problems = new List<string>();
        return new TelemetrySwitch { Traces = Target("TRACES", "v1/traces"), Metrics = Target("METRICS", "v1/metrics"), Problems = problems };

        OtlpTarget? Target(string signal, string path)
        {
            var exporter = Own($"OTEL_{signal}_EXPORTER");
            if (exporter is "none") return null;
            var named = Own($"OTEL_EXPORTER_OTLP_{signal}_ENDPOINT");
            var common = Own("OTEL_EXPORTER_OTLP_ENDPOINT");
            if (exporter is null && named is null && common is null) return null;
            if (exporter is not (null or "otlp"))
            {
                problems.Add($"OTEL_{signal}_EXPORTER={exporter} is not known here; otlp and none are.");
                return null;
            }

            var protocol = Own($"OTEL_EXPORTER_OTLP_{signal}_PROTOCOL") ?? Own("OTEL_EXPORTER_OTLP_PROTOCOL") ?? "http/protobuf";
            if (protocol is not ("grpc" or "http/protobuf"))
            {
                problems.Add($"The OTLP protocol '{protocol}' is not known here; http/protobuf and grpc are.");
                return null;
            }

            var grpc = protocol == "grpc";
            var text = named ?? common ?? (grpc ? "http://localhost:4317" : "http://localhost:4318");
            if (!Uri.TryCreate(text, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            {
                problems.Add($"The OTLP endpoint '{text}' is no address; write http://HOST:PORT.");
                return null;
            }

            // A signal's own endpoint is taken as it stands; the common one is the root of all of them.
            if (!grpc && named is null) address = new Uri(address.ToString().TrimEnd('/') + "/" + path);
            var headers = Own($"OTEL_EXPORTER_OTLP_{signal}_HEADERS") ?? Own("OTEL_EXPORTER_OTLP_HEADERS");
            var timeout = int.TryParse(Own($"OTEL_EXPORTER_OTLP_{signal}_TIMEOUT") ?? Own("OTEL_EXPORTER_OTLP_TIMEOUT"), out var given) && given > 0 ? given : 10_000;
            return new OtlpTarget(address, grpc, headers, timeout);
        }

        string? Own(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;
    }
}

/// <summary>A collector.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Grpc">Whether it is spoken to by gRPC; else by HTTP with Protobuf bodies.</param>
/// <param name="Headers">Headers for it (<c>name=value,…</c>), or null. May hold a secret.</param>
/// <param name="TimeoutMilliseconds">How long an export may take.</param>
internal sealed record OtlpTarget(Uri Address, bool Grpc, string? Headers, int TimeoutMilliseconds)
{
    /// <summary>A record would print its members; the headers may hold a key.</summary>
    public override string ToString() => Address.ToString();
}
