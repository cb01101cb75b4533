using Dragoman.Management;
using Dragoman.Server.Security;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>
/// What a request must be to use a session of the panel. A browser sends the cookie with whatever a page of the same machine asks for, so the request must say that it comes from the
/// gateway's own page: by <c>Origin</c> and what the browser says of the page (<see cref="AskingPage"/>), which no page can forge, and where it changes something by a header that no form can send.
/// </summary>
internal static class PanelRequest
{
    /// <summary>The header that the panel sends with what changes something.</summary>
    public const string Header = "x-dragoman-panel";

    /// <summary>Whether the panel made the call, by its own account.</summary>
    public static bool IsMarked(HttpRequest request) => request.Headers[Header].ToString() is { Length: > 0 };

    /// <summary>Why the request may not use a session; null when it may.</summary>
    public static ManagementError? FindRefusal(HttpRequest request)
    {
        var (origin, page) = (request.Headers.Origin.ToString(), AskingPage.Of(request));
        var reads = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        var isForeign = (page.IsSaid && !page.IsOwn && !(reads && page.IsPerson)) || (origin.Length > 0 && !LocalOrigin.IsSame(origin, request.Host)) || (!reads && !page.IsSaid && origin.Length == 0);
        if (isForeign) return ManagementError.Forbidden("A session of the panel is for the gateway's own page only.", "origin_not_allowed");
        return reads || IsMarked(request) ? null : ManagementError.Forbidden($"What changes something with a session of the panel needs the header '{Header}: 1'.", "panel_header_missing");
    }
}
