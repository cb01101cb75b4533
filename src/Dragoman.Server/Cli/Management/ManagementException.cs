namespace Dragoman.Server.Cli.Management;

/// <summary>A command could not be done; its message is for people and says what to do.</summary>
/// <param name="message">The message.</param>
internal sealed class ManagementException(string message) : Exception(message);
