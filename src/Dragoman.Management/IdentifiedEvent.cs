namespace Dragoman.Management;

/// <summary>An event that a listener can go on after.</summary>
/// <param name="Id">Its id; null for none.</param>
/// <param name="Data">Its data.</param>
public sealed record IdentifiedEvent(string? Id, object Data);
