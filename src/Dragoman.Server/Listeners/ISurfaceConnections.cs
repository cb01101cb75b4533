using Microsoft.AspNetCore.Connections;

namespace Dragoman.Server.Listeners;

/// <summary>Connections of a surface's listeners that do not speak HTTP: another protocol on the same port, known by the first byte.</summary>
internal interface ISurfaceConnections
{
    /// <summary>Whether a connection that begins so is one. No request of HTTP or TLS may begin so.</summary>
    bool Takes(byte first);

    /// <summary>Serves a connection to its end. Nothing of it is read yet.</summary>
    Task ServeAsync(ConnectionContext connection);
}
