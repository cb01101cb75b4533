using Dragoman.Management;

namespace Dragoman.Server.Surfaces.Access;

/// <summary>Who makes a call, as the audit log names them.</summary>
internal static class HttpActor
{
    /// <summary>How the user agent of the gateway's own command line begins.</summary>
    public const string CommandLineAgent = "dragoman-cli/";

    /// <summary>
    /// The actor behind a call: the command line by its user agent, the panel by its header, by its session, or, as it opens streams of events without headers of its own, by the browser's word that one of
    /// its pages asks; else any program; from the socket's address and no header.
    /// </summary>
    public static Actor From(HttpContext context)
    {
        var isCommandLine = context.Request.Headers.UserAgent.ToString().StartsWith(CommandLineAgent, StringComparison.Ordinal);
        var address = context.Connection.RemoteIpAddress;
        var isPanel = PanelRequest.IsMarked(context.Request) || ManagementAccess.Of(context)?.Session is not null || AskingPage.Of(context.Request).IsPanel;
        return new Actor(isCommandLine ? "cli" : isPanel ? "panel" : "management", address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString());
    }
}
