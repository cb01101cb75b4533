namespace Dragoman.Management;

/// <summary>A file that is written as it is read, for whoever asked for it.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="FileName">The name it is saved under.</param>
/// <param name="WriteAsync">Writes it; a store that fails meanwhile throws.</param>
public sealed record ExportFile(string MediaType, string FileName, Func<Stream, CancellationToken, Task> WriteAsync);
