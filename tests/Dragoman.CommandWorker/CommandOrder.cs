namespace Dragoman.CommandWorker;

/// <summary>A command that is to be run.</summary>
internal sealed record CommandOrder(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment);

/// <summary>How a command ended.</summary>
internal sealed record CommandEnd(int Code, string Out, string Error);
