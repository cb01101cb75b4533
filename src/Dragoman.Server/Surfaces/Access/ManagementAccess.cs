using Dragoman.Gateway.Persistence;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>How a caller got in; a feature of the call.</summary>
/// <param name="Way">By what.</param>
/// <param name="Session">The session, where it was one.</param>
internal sealed record ManagementAccess(ManagementWay Way, PanelSession? Session = null)
{
    /// <summary>The caller as authorization found it; null where it let nobody in.</summary>
    public static ManagementAccess? Of(HttpContext context) => context.Features.Get<ManagementAccess>();
}

/// <summary>What lets somebody manage the gateway.</summary>
internal enum ManagementWay
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>To be on the gateway's own machine.</summary>
    Local,

    /// <summary>A session of the panel.</summary>
    Session,

    /// <summary>The management secret.</summary>
    Secret,
}
