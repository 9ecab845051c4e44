import type { IRepository } from 'aws-cdk-lib/aws-ecr';
import { Construct } from 'constructs';
import { checkAllInReach } from '../validation/objects-in-reach';
import type { IImageRepository } from './image-repository-interface';
import type { AdoptedRepositoryProps } from './image-repository-props';
import { unknownTrack } from './validate-tracks';

/** Existing ECR repository behind the interface of an {@link ImageRepository}. It creates no resources. */
export class AdoptedRepository extends Construct implements IImageRepository {
  public readonly repository: IRepository;
  public readonly mutableTags?: string[];
  /** A map, because a track may be called like a member of every object. */
  private readonly parameterNames: Map<string, string>;

  public constructor(scope: Construct, id: string, props: AdoptedRepositoryProps) {
    super(scope, id);
    checkAllInReach(this, props);
    this.repository = props.repository;
    this.parameterNames = new Map(Object.entries(props.releasedImageParameterNames ?? {}));
  }

  public releasedImageParameterName(track: string): string {
    const name = this.parameterNames.get(track);
    if (!name) {
      throw unknownTrack(this, track, [...this.parameterNames.keys()]);
    }
    return name;
  }

  public keepTag(_tag: string): void {
    // The lifecycle rules belong to the owner of the repository.
  }
}
