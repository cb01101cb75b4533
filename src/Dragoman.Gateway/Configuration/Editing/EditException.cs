namespace Dragoman.Gateway.Configuration.Editing;

/// <summary>An edit that cannot be made; the message says why, for people.</summary>
/// <param name="message">The message.</param>
internal sealed class EditException(string message) : Exception(message);
