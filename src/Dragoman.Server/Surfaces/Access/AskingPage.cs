using Dragoman.Server.Panel;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>
/// What a browser says of the page that made a request, by <c>Sec-Fetch-Site</c>: no page can write that header or take it away, and it also stands on what carries no Origin (an image, a link, a stream of events).
/// Programs do not send it. Nothing else reads it.
/// </summary>
internal readonly struct AskingPage
{
    private const string PanelFolder = PanelPage.Path + "/";

    private readonly HttpRequest _request;
    private readonly string _site;

    private AskingPage(HttpRequest request)
    {
        _request = request;
        _site = request.Headers["Sec-Fetch-Site"].ToString();
    }

    /// <summary>Whether anything is said: by a browser, or by a program that makes itself one.</summary>
    public bool IsSaid => _site.Length > 0;

    /// <summary>Whether it is a page of the gateway's own origin, and nothing else is said beside it.</summary>
    public bool IsOwn => _site == "same-origin";

    /// <summary>Whether no page asks, but the person: an address that was typed, or saved.</summary>
    public bool IsPerson => _site == "none";

    /// <summary>Whether it is a page of another site. A header that says several things says this one too.</summary>
    public bool IsOfOtherSite => _site.Contains("cross-site", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether it is a page of another origin, be it of the same site.</summary>
    public bool IsOfOtherOrigin => IsOfOtherSite || _site.Contains("same-site", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Whether it is a page of the panel: of the gateway's own origin, at an address below <c>/panel</c> by the <c>Referer</c>, which the panel's policy has browsers send to this origin and to no other. Other pages of the same
    /// origin (a panel that the owner put at <c>/management.html</c>) are not it.
    /// </summary>
    public bool IsPanel
        => IsOwn && Uri.TryCreate(_request.Headers.Referer.ToString(), UriKind.Absolute, out var page) && (page.AbsolutePath == PanelPage.Path || page.AbsolutePath.StartsWith(PanelFolder, StringComparison.Ordinal));

    /// <summary>What is said of the page behind a request.</summary>
    public static AskingPage Of(HttpRequest request) => new(request);
}
