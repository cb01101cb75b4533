using Dragoman.Gateway.Requests;

namespace Dragoman.Server.Surfaces.Abstractions;

/// <summary>
/// Collects the routes of a surface. Routes are the management's unless <see cref="Open"/> says otherwise; it and its like give a view on the
/// same collection: <c>routes.Open().Get("/health", …)</c>.
/// </summary>
internal sealed class SurfaceRoutes
{
    private readonly List<SurfaceRoute> _routes;
    private readonly Surface _surface;
    private SurfaceAccess _access = SurfaceAccess.Management;
    private long? _mostBytes = 1 << 20;
    private string? _secretQuery;
    private bool _ownListenersOnly;
    private bool _alwaysAsksSecret;

    /// <summary>Begins with no route.</summary>
    public SurfaceRoutes(Surface surface) => (_surface, _routes) = (surface, []);

    private SurfaceRoutes(SurfaceRoutes other)
        => (_surface, _routes, _access, _mostBytes, _secretQuery, _ownListenersOnly, _alwaysAsksSecret)
            = (other._surface, other._routes, other._access, other._mostBytes, other._secretQuery, other._ownListenersOnly, other._alwaysAsksSecret);

    /// <summary>The routes so far.</summary>
    public IReadOnlyList<SurfaceRoute> All => _routes;

    /// <summary>For routes that everyone may call.</summary>
    public SurfaceRoutes Open() => new(this) { _access = SurfaceAccess.Open };

    /// <summary>For routes with another limit of the body; null for none. One MiB without this.</summary>
    public SurfaceRoutes WithBody(long? mostBytes) => new(this) { _mostBytes = mostBytes };

    /// <summary>For routes that take the management secret in a query parameter too. Only where a browser's <c>EventSource</c> calls: addresses end up in logs.</summary>
    public SurfaceRoutes WithSecretIn(string query) => new(this) { _secretQuery = query };

    /// <summary>For routes of the management that ask the secret of programs on this machine too.</summary>
    public SurfaceRoutes WithSecretAlways() => new(this) { _access = SurfaceAccess.Management, _alwaysAsksSecret = true };

    /// <summary>For routes that are served on the listeners of the surface only, even where no other surface has them.</summary>
    public SurfaceRoutes OnOwnListeners() => new(this) { _ownListenersOnly = true };

    /// <summary>Adds a GET route.</summary>
    public void Get(string pattern, string summary, SurfaceHandler handler) => Add("GET", pattern, summary, handler);

    /// <summary>Adds a GET route whose answer is there at once.</summary>
    public void Get(string pattern, string summary, Func<SurfaceCall, SurfaceAnswer> handler) => Add("GET", pattern, summary, handler);

    /// <summary>Adds a POST route.</summary>
    public void Post(string pattern, string summary, SurfaceHandler handler) => Add("POST", pattern, summary, handler);

    /// <summary>Adds a POST route whose answer is there at once.</summary>
    public void Post(string pattern, string summary, Func<SurfaceCall, SurfaceAnswer> handler) => Add("POST", pattern, summary, handler);

    /// <summary>Adds a PUT route.</summary>
    public void Put(string pattern, string summary, SurfaceHandler handler) => Add("PUT", pattern, summary, handler);

    /// <summary>Adds a PATCH route.</summary>
    public void Patch(string pattern, string summary, SurfaceHandler handler) => Add("PATCH", pattern, summary, handler);

    /// <summary>Adds a DELETE route.</summary>
    public void Delete(string pattern, string summary, SurfaceHandler handler) => Add("DELETE", pattern, summary, handler);

    /// <summary>Adds a route of any method.</summary>
    public void Add(string method, string pattern, string summary, SurfaceHandler handler)
        => _routes.Add(new SurfaceRoute(_surface, method, pattern, summary, _access, handler) { MostBytes = _mostBytes, SecretQuery = _secretQuery, OwnListenersOnly = _ownListenersOnly, AlwaysAsksSecret = _alwaysAsksSecret });

    /// <summary>Adds a route of any method whose answer is there at once.</summary>
    public void Add(string method, string pattern, string summary, Func<SurfaceCall, SurfaceAnswer> handler)
        => Add(method, pattern, summary, call => Task.FromResult(handler(call)));
}
