using Dragoman.Gateway.Persistence;

namespace Dragoman.Management.Flows;

/// <summary>The names of the bodies of a flow.</summary>
public static class FlowBodyNames
{
    /// <summary>All of them.</summary>
    public static IEnumerable<string> All => Enum.GetValues<FlowBodyKind>().Select(NameOf);

    /// <summary>The name of a body.</summary>
    public static string NameOf(FlowBodyKind kind) => kind switch
    {
        FlowBodyKind.ClientRequest => "client-request",
        FlowBodyKind.UpstreamRequest => "upstream-request",
        FlowBodyKind.UpstreamAnswer => "upstream-answer",
        _ => "client-answer",
    };

    /// <summary>The body of a name, in any case; null where there is none.</summary>
    public static FlowBodyKind? Parse(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        foreach (var kind in Enum.GetValues<FlowBodyKind>())
            if (NameOf(kind).Equals(name, StringComparison.OrdinalIgnoreCase)) return kind;
        return null;
    }
}
