namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>Where the gateway listens, and the surfaces that there are.</summary>
/// <param name="Listeners">The listeners that are open, in the order of the configuration.</param>
/// <param name="Surfaces">Every surface, those that no listener has too.</param>
internal sealed record ListenerListView(IReadOnlyList<ListenerView> Listeners, IReadOnlyList<SurfaceView> Surfaces);

/// <summary>A listener.</summary>
/// <param name="Address">The host and the port; <c>*</c> for every interface.</param>
/// <param name="Url">What programs on this machine call it by.</param>
/// <param name="Surface">The surface that it has, as the configuration names it.</param>
/// <param name="Title">What people call the system that the surface stands for.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>.</param>
/// <param name="Loopback">Whether only this machine can reach it.</param>
/// <param name="RequiresKey">Whether clients must show a key.</param>
/// <param name="Routes">How many routes it serves, the clients' API included.</param>
/// <param name="Requests">How many requests came in by it since the start.</param>
/// <param name="LastUsedAt">When the last one came; absent for none.</param>
/// <param name="LastUserAgent">How the last program named itself that did so.</param>
/// <param name="Example">A command that asks it for its models.</param>
internal sealed record ListenerView(
    string Address, string Url, string Surface, string Title, string Scheme, bool Loopback, bool RequiresKey, int Routes, long Requests, DateTimeOffset? LastUsedAt, string? LastUserAgent, string Example);

/// <summary>A surface.</summary>
/// <param name="Id">What the configuration names it by.</param>
/// <param name="Title">What people call the system that it stands for.</param>
/// <param name="On">Whether a listener has it.</param>
/// <param name="DefaultAddress">Where its users expect it.</param>
/// <param name="Requests">How many requests came in by its listeners since the start.</param>
/// <param name="LastUsedAt">When the last one came; absent for none.</param>
/// <param name="Routes">The routes that it has besides the clients' API, which every listener serves.</param>
internal sealed record SurfaceView(string Id, string Title, bool On, string DefaultAddress, long Requests, DateTimeOffset? LastUsedAt, IReadOnlyList<SurfaceRouteView> Routes);

/// <summary>A route of a surface.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">Its pattern.</param>
/// <param name="Summary">What it does.</param>
internal sealed record SurfaceRouteView(string Method, string Path, string? Summary);
