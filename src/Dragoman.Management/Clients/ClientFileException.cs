namespace Dragoman.Management.Clients;

/// <summary>A client's file cannot be read, edited or written; the message is for people and says what to do.</summary>
/// <param name="message">The message.</param>
internal sealed class ClientFileException(string message) : Exception(message);
