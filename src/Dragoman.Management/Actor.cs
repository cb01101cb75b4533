namespace Dragoman.Management;

/// <summary>Who asks for a change, as the audit log names them.</summary>
/// <param name="Name"><c>management</c>, <c>panel</c>, <c>cli</c>, <c>key:ID</c>, or <c>gateway</c> for the process itself.</param>
/// <param name="Address">From which network address; empty for the process itself.</param>
public sealed record Actor(string Name, string Address)
{
    /// <summary>The process itself.</summary>
    public static Actor Gateway { get; } = new("gateway", "");
}
