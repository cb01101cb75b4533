namespace Dragoman.Server.Surfaces.CliProxy.Management;

/// <summary>The gateway's address as a caller reaches it.</summary>
internal static class GatewayAddress
{
    /// <summary>By what the call says, else by the port it came in by.</summary>
    public static Uri Of(HttpContext context)
        => context.Request.Host.HasValue && Uri.TryCreate($"{context.Request.Scheme}://{context.Request.Host.Value}", UriKind.Absolute, out var address) ? address : new Uri($"{context.Request.Scheme}://localhost:{context.Connection.LocalPort}");
}
