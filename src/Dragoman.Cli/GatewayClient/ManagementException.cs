namespace Dragoman.Cli.GatewayClient;

/// <summary>A command could not be done; its message is for people and says what to do.</summary>
/// <param name="message">The message.</param>
internal class ManagementException(string message) : Exception(message);

/// <summary>Nothing answers where the gateway should be.</summary>
/// <param name="message">The message.</param>
internal sealed class GatewayAbsentException(string message) : ManagementException(message);
